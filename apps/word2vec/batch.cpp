#include "word2vec/batch.hpp"

namespace adapm::word2vec {

const Batch& BatchMaker::make(const Passage& passage, std::span<const Key> negatives) {
  batch_.keys.assign(negatives.begin(), negatives.end());
  batch_.steps.clear();
  batch_.rows.clear();
  numbers_.reset(passage.max_keys());
  for (std::size_t i = 0; i < negatives.size(); ++i) {
    numbers_.number(negatives[i], static_cast<std::uint32_t>(i));
  }
  std::span<const WordId> words(passage.words);
  for (const std::uint32_t count : passage.neighbours) {
    const WordId centre = words.front();
    const std::span<const WordId> neighbours = words.subspan(1, count);
    words = words.subspan(1 + count);
    if (options_.shares_negatives) {
      batch_.steps.push_back({count, 0});
      add_inputs(neighbours);
      add_outputs(centre, negatives);
      continue;
    }
    for (const WordId& neighbour : neighbours) {
      batch_.steps.push_back({1, 0});
      add_inputs({&neighbour, 1});
      add_outputs(centre, negatives);
    }
  }
  return batch_;
}

void BatchMaker::add_row(Key key) {
  const auto fresh = static_cast<std::uint32_t>(batch_.keys.size());
  const std::uint32_t number = numbers_.number(key, fresh);
  if (number == fresh) batch_.keys.push_back(key);
  batch_.rows.push_back(number);
}

void BatchMaker::add_inputs(std::span<const WordId> words) {
  for (const WordId word : words) add_row(shape_.input_key(word));
}

/// To the last step. A negative that is the centre itself is left out.
void BatchMaker::add_outputs(WordId centre, std::span<const Key>& negatives) {
  const std::size_t before = batch_.rows.size();
  const Key positive = shape_.output_key(centre);
  add_row(positive);
  for (const Key key : negatives.first(options_.negatives)) {
    if (key != positive) add_row(key);
  }
  negatives = negatives.subspan(options_.negatives);
  batch_.steps.back().outputs = static_cast<std::uint32_t>(batch_.rows.size() - before);
}

}  // namespace adapm::word2vec
