// What a worker trains on at once: the word pairs of a sentence, or of a part of a long one, with their
// negatives, and the keys that they need.
//
// Skip-gram with negative sampling (Mikolov and others 2013): for each word (the centre) and each of its
// neighbours in a window, the neighbour's input vector predicts the centre's output vector among those of
// random words, the negatives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "adapm/types.hpp"
#include "word2vec/key_numbers.hpp"
#include "word2vec/sentence_stream.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

/// Each of a few input vectors meets each of a few output vectors.
struct Step {
  std::uint32_t inputs;
  std::uint32_t outputs;  ///< the first belongs to the centre, the others are negatives
};

struct Batch {
  std::vector<Key> keys;            ///< all different; what rows are numbers of
  std::vector<Step> steps;          ///< in the order in which they are to be trained
  std::vector<std::uint32_t> rows;  ///< of each step its inputs, then its outputs
  std::uint64_t words_read = 0;     ///< of the corpus; a sentence's words count with its last batch
  double fraction = 0;              ///< as Sentence::fraction
  bool ends_sentence = false;
  bool ends_epoch = false;
};

struct BatchOptions {
  std::size_t window = 5;  ///< the largest
  std::size_t negatives = 5;
  bool shares_negatives = true;  ///< a centre's neighbours have the same negatives; false: each its own
  std::size_t max_keys = 256;    ///< a sentence with more is cut, between centres
};

/// How many negatives a sentence needs.
[[nodiscard]] std::size_t count_negatives(const BatchOptions& options, const Sentence& sentence);

/// Not thread-safe.
class BatchMaker {
 public:
  explicit BatchMaker(const BatchOptions& options);

  /// Adds the sentence's batches, at least one, to `batches`. `negatives` are count_negatives() words.
  void make(const Sentence& sentence, std::span<const WordId> negatives, std::deque<Batch>& batches);

 private:
  void add_centre(const Sentence& sentence, std::size_t centre, std::span<const WordId>& negatives,
                  Batch& batch);
  void add_outputs(WordId centre, std::span<const WordId>& negatives, Batch& batch);
  [[nodiscard]] std::size_t keys_of_centre(std::size_t neighbours) const;

  const BatchOptions options_;
  KeyNumbers rows_;
};

}  // namespace adapm::word2vec
