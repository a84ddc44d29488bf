// The sentences that a worker will train on next, announced by intents.
//
// They are announced in blocks: the keys that the sentences of a block need, each once, for the block's
// clocks together. That tells the manager of a key as long as it is in use, and costs less than sentence by
// sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "adapm/worker.hpp"
#include "word2vec/batch.hpp"
#include "word2vec/negatives.hpp"
#include "word2vec/sentence_stream.hpp"

namespace adapm::word2vec {

/// Not thread-safe; belongs to the worker's thread.
class LookAhead {
 public:
  /// Where sentences are long, no more words are kept than this.
  static constexpr std::size_t max_words_ahead = std::size_t{1} << 18;

  /// For a model of `num_keys` keys. Reads `epochs` epochs in all, at least `ahead` sentences ahead, 0: no
  /// intents; the first sentence for the worker's current clock. Signals the first intents.
  LookAhead(Worker<float>& worker, std::size_t num_keys, SentenceStream stream, Negatives negatives,
            const BatchOptions& batches, std::size_t ahead, std::uint64_t epochs);

  /// The next batch; a sentence is over with its last. Requires that an epoch is left.
  Batch take();

 private:
  [[nodiscard]] bool must_read_on() const;
  void read_block();
  void announce(Key key);

  Worker<float>& worker_;
  SentenceStream stream_;
  Negatives negatives_;
  const BatchOptions options_;
  BatchMaker maker_;
  const std::size_t ahead_;
  const Clock first_clock_;
  std::uint64_t epochs_left_;  // to read
  std::size_t read_ = 0;       // sentences
  std::size_t taken_ = 0;
  std::size_t words_ahead_ = 0;
  std::deque<Sentence> sentences_;
  std::deque<Batch> batches_;    // of the sentence taken last
  std::vector<Key> block_keys_;  // all different
  std::vector<bool> in_block_;   // by key
};

}  // namespace adapm::word2vec
