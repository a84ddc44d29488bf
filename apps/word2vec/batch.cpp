#include "word2vec/batch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace adapm::word2vec {

namespace {

constexpr Key nobody = std::numeric_limits<Key>::max();

}  // namespace

AliasTable negative_distribution(const Vocabulary& vocabulary) {
  std::vector<double> weights(vocabulary.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::pow(static_cast<double>(vocabulary.count(static_cast<WordId>(i))), 0.75);
  }
  return AliasTable(weights);
}

RowNumbers::RowNumbers(std::size_t max_keys) : table_(std::bit_ceil(2 * max_keys + 1), Entry{nobody, 0}) {}

std::size_t RowNumbers::place_of(Key key) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> 32) & mask;
  while (table_[place].key != nobody && table_[place].key != key) place = (place + 1) & mask;
  return place;
}

std::uint32_t RowNumbers::row(Key key, std::vector<Key>& keys) {
  Entry& entry = table_[place_of(key)];
  if (entry.key == nobody) {
    entry = {key, static_cast<std::uint32_t>(keys.size())};
    keys.push_back(key);
  }
  return entry.row;
}

void RowNumbers::clear(std::span<const Key> keys) {
  // From the last on: a key's place depends only on those that came before it.
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) table_[place_of(*key)].key = nobody;
}

BatchMaker::BatchMaker(const BatchOptions& options, const AliasTable& negatives, apps::Random random)
    : options_(options),
      negatives_(negatives),
      random_(random),
      rows_(std::max(options.max_keys, keys_of_centre(2 * options.window))) {}

/// The most keys that a centre and its neighbours need.
std::size_t BatchMaker::keys_of_centre(std::size_t neighbours) const {
  return neighbours + 1 + options_.negatives * (options_.shares_negatives ? 1 : neighbours);
}

void BatchMaker::make(const Sentence& sentence, std::vector<Batch>& batches) {
  const std::span<const WordId> words = sentence.words;
  Batch batch;
  const auto finish = [&] {
    rows_.clear(batch.keys);
    batches.push_back(std::exchange(batch, Batch()));
  };
  for (std::size_t centre = 0; centre < words.size() && words.size() > 1; ++centre) {
    const std::size_t reach = 1 + random_.below(static_cast<std::uint32_t>(options_.window));
    const std::size_t neighbours = std::min(centre, reach) + std::min(words.size() - 1 - centre, reach);
    const bool fits = batch.keys.size() + keys_of_centre(neighbours) <= options_.max_keys;
    if (!fits && !batch.keys.empty()) finish();
    add_centre(words, centre, reach, batch);
  }
  batch.words_read = sentence.words_read;
  batch.ends_sentence = true;
  batch.ends_epoch = sentence.ends_epoch;
  finish();
  for (Batch& made : batches) made.fraction = sentence.fraction;
}

void BatchMaker::add_centre(std::span<const WordId> words, std::size_t centre, std::size_t reach,
                            Batch& batch) {
  const std::size_t begin = centre - std::min(centre, reach);
  const std::size_t end = std::min(centre + reach + 1, words.size());
  if (options_.shares_negatives) batch.steps.push_back({static_cast<std::uint32_t>(end - begin - 1), 0});
  for (std::size_t i = begin; i < end; ++i) {
    if (i == centre) continue;
    batch.rows.push_back(rows_.row(input_key(words[i]), batch.keys));
    if (options_.shares_negatives) continue;
    batch.steps.push_back({1, 0});
    add_outputs(words[centre], batch);
  }
  if (options_.shares_negatives) add_outputs(words[centre], batch);
}

/// To the last step. A negative that is the centre itself is left out.
void BatchMaker::add_outputs(WordId centre, Batch& batch) {
  const std::size_t before = batch.rows.size();
  batch.rows.push_back(rows_.row(output_key(centre), batch.keys));
  for (std::size_t i = 0; i < options_.negatives; ++i) {
    const WordId word = negatives_.draw(random_);
    if (word != centre) batch.rows.push_back(rows_.row(output_key(word), batch.keys));
  }
  batch.steps.back().outputs = static_cast<std::uint32_t>(batch.rows.size() - before);
}

}  // namespace adapm::word2vec
