// What a worker trains on at once: the word pairs of a sentence, or of a part of a long one, with their
// negatives, and the keys that they need.
//
// Skip-gram with negative sampling (Mikolov and others 2013): for each word (the centre) and each of its
// neighbours in a window, the neighbour's input vector predicts the centre's output vector among those of
// random words, the negatives. A window's size is drawn anew for each centre, from 1 to `window`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "adapm/types.hpp"
#include "common/random.hpp"
#include "word2vec/alias_table.hpp"
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

/// The distribution of negatives: frequency^0.75. The same as a table of the vocabulary.
AliasTable negative_distribution(const Vocabulary& vocabulary);

struct BatchOptions {
  std::size_t window = 5;
  std::size_t negatives = 5;
  bool shares_negatives = true;  ///< a centre's neighbours have the same negatives; false: each its own
  std::size_t max_keys = 256;    ///< a sentence with more is cut, between centres
};

/// Numbers keys in the order in which they come. Not thread-safe.
class RowNumbers {
 public:
  explicit RowNumbers(std::size_t max_keys);
  /// The row of `key`, a new one at the end of `keys` if it has none. Requires room.
  std::uint32_t row(Key key, std::vector<Key>& keys);
  /// Forgets `keys`, which are all that it knows.
  void clear(std::span<const Key> keys);

 private:
  [[nodiscard]] std::size_t place_of(Key key) const;
  struct Entry {
    Key key;
    std::uint32_t row;
  };
  std::vector<Entry> table_;  // open addressing; a power of two, at most half full
};

/// Not thread-safe. The distribution must outlive it.
class BatchMaker {
 public:
  BatchMaker(const BatchOptions& options, const AliasTable& negatives, apps::Random random);

  /// Adds the sentence's batches to `batches`: at least one.
  void make(const Sentence& sentence, std::vector<Batch>& batches);

 private:
  void add_centre(std::span<const WordId> words, std::size_t centre, std::size_t reach, Batch& batch);
  void add_outputs(WordId centre, Batch& batch);
  [[nodiscard]] std::size_t keys_of_centre(std::size_t neighbours) const;

  const BatchOptions options_;
  const AliasTable& negatives_;
  apps::Random random_;
  RowNumbers rows_;
};

}  // namespace adapm::word2vec
