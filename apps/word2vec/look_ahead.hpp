// The passages that a worker will train on next, announced by intents, with samples of negatives prepared. A
// passage is one tick of the worker's clock.
//
// They are announced in blocks: the keys that the passages of a block need, each once, for the block's clocks
// together. That tells the manager of a key as long as it is in use, and costs less than passage by passage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "adapm/worker.hpp"
#include "common/distinct_keys.hpp"
#include "word2vec/passage.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

struct PreparedPassage {
  Passage passage;
  SampleId negatives{};
};

/// Not thread-safe; belongs to the worker's thread.
class LookAhead {
 public:
  /// Where sentences are long, no more words are kept than this.
  static constexpr std::size_t max_words_ahead = std::size_t{1} << 20;

  /// Reads `epochs` epochs in all, about `ahead` sentences ahead, 0: no intents; the first passage for the
  /// worker's current clock. Signals the first intents. Samples are drawn from the store's distribution.
  LookAhead(Worker<float>& worker, const Shape& shape, PassageStream stream, std::size_t ahead,
            std::uint64_t epochs);

  /// The next passage. Requires that an epoch is left.
  PreparedPassage take();

 private:
  [[nodiscard]] bool must_read_on() const;
  void read_block();
  void read_passage();

  Worker<float>& worker_;
  const Shape shape_;
  PassageStream stream_;
  const std::size_t ahead_;
  std::uint64_t epochs_left_;     // to read
  Clock next_clock_;              // of the passage that is read next
  std::size_t sentences_ahead_ = 0;
  std::size_t words_ahead_ = 0;
  std::deque<PreparedPassage> passages_;
  apps::DistinctKeys block_keys_;
};

}  // namespace adapm::word2vec
