// A passage as training needs it: which vectors meet which, as numbers of rows.
//
// Skip-gram with negative sampling (Mikolov and others 2013): for each word (the centre) and each of its
// neighbours in a window, the neighbour's input vector predicts the centre's output vector among those of
// random words, the negatives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "adapm/types.hpp"
#include "common/key_numbers.hpp"
#include "word2vec/passage.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

/// Each of a few input vectors meets each of a few output vectors.
struct Step {
  std::uint32_t inputs;
  std::uint32_t outputs;  ///< the first belongs to the centre, the others are negatives
};

struct Batch {
  std::vector<Key> keys;            ///< what rows are numbers of: the negatives, then the words' that are new
  std::vector<Step> steps;          ///< in the order in which they are to be trained
  std::vector<std::uint32_t> rows;  ///< of each step its inputs, then its outputs
};

/// Not thread-safe.
class BatchMaker {
 public:
  BatchMaker(const Shape& shape, const PassageOptions& options) : shape_(shape), options_(options) {}

  /// `negatives` are the keys of as many output vectors as the passage needs. One that comes again has the row
  /// of its first appearance; the other is not used. The batch is valid until the next call.
  const Batch& make(const Passage& passage, std::span<const Key> negatives);

 private:
  void add_row(Key key);
  void add_inputs(std::span<const WordId> words);
  void add_outputs(WordId centre, std::span<const Key>& negatives);

  const Shape shape_;
  const PassageOptions options_;
  apps::KeyNumbers numbers_;
  Batch batch_;
};

}  // namespace adapm::word2vec
