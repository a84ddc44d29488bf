#include "word2vec/batch.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

std::size_t count_negatives(const BatchOptions& options, const Sentence& sentence) {
  if (sentence.words.size() < 2) return 0;
  return options.negatives * (options.shares_negatives ? sentence.words.size() : count_pairs(sentence));
}

BatchMaker::BatchMaker(const BatchOptions& options)
    : options_(options), rows_(std::max(options.max_keys, keys_of_centre(2 * options.window))) {}

/// The most keys that a centre and its neighbours need.
std::size_t BatchMaker::keys_of_centre(std::size_t neighbours) const {
  return neighbours + 1 + options_.negatives * (options_.shares_negatives ? 1 : neighbours);
}

void BatchMaker::make(const Sentence& sentence, std::span<const WordId> negatives,
                      std::deque<Batch>& batches) {
  Batch batch;
  const auto finish = [&] {
    rows_.clear(batch.keys);
    batch.fraction = sentence.fraction;
    batches.push_back(std::exchange(batch, Batch()));
  };
  for (std::size_t centre = 0; centre < sentence.words.size() && sentence.words.size() > 1; ++centre) {
    const std::size_t neighbours = window_of(sentence, centre).size() - 1;
    const bool fits = batch.keys.size() + keys_of_centre(neighbours) <= options_.max_keys;
    if (!fits && !batch.keys.empty()) finish();
    add_centre(sentence, centre, negatives, batch);
  }
  batch.words_read = sentence.words_read;
  batch.ends_sentence = true;
  batch.ends_epoch = sentence.ends_epoch;
  finish();
}

void BatchMaker::add_centre(const Sentence& sentence, std::size_t centre, std::span<const WordId>& negatives,
                            Batch& batch) {
  const apps::Share window = window_of(sentence, centre);
  const WordId word = sentence.words[centre];
  if (options_.shares_negatives) batch.steps.push_back({static_cast<std::uint32_t>(window.size() - 1), 0});
  for (std::size_t i = window.begin; i < window.end; ++i) {
    if (i == centre) continue;
    batch.rows.push_back(rows_.number(input_key(sentence.words[i]), batch.keys));
    if (options_.shares_negatives) continue;
    batch.steps.push_back({1, 0});
    add_outputs(word, negatives, batch);
  }
  if (options_.shares_negatives) add_outputs(word, negatives, batch);
}

/// To the last step. A negative that is the centre itself is left out.
void BatchMaker::add_outputs(WordId centre, std::span<const WordId>& negatives, Batch& batch) {
  const std::size_t before = batch.rows.size();
  batch.rows.push_back(rows_.number(output_key(centre), batch.keys));
  for (const WordId word : negatives.first(options_.negatives)) {
    if (word != centre) batch.rows.push_back(rows_.number(output_key(word), batch.keys));
  }
  negatives = negatives.subspan(options_.negatives);
  batch.steps.back().outputs = static_cast<std::uint32_t>(batch.rows.size() - before);
}

}  // namespace adapm::word2vec
