// The scheme `pool`: a worker draws a pool of keys, brings it here with few intents, and makes samples of it, in a new
// order in every pass, until each key was used `reuse` times. Then it draws the next pool.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sampling/draws.hpp"
#include "sampling/naive.hpp"
#include "sampling/sample_table.hpp"

namespace adapm::sampling {

class Pool {
 public:
  /// `size` and `reuse` are at least 1.
  Pool(Draws& draws, std::size_t size, std::uint64_t reuse) : draws_(draws), size_(size), reuse_(reuse) {}

  template <class Intend>
  void prepare(Sample& sample, Clock start, Clock end, Intend&& intend) {
    while (sample.drawn.size() < sample.remaining) {
      if (next_ == keys_.size()) begin_pass(start, sample.remaining);
      cover(start, end, intend);
      const std::size_t taken = std::min(sample.remaining - sample.drawn.size(), keys_.size() - next_);
      const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(next_);
      sample.drawn.insert(sample.drawn.end(), first, first + static_cast<std::ptrdiff_t>(taken));
      next_ += taken;
    }
  }

  template <class Whereabouts>
  void choose(Sample& sample, std::span<Key> keys, const Whereabouts& /*whereabouts*/) {
    hand_out_drawn(sample, keys);
  }

 private:
  void begin_pass(Clock start, std::size_t keys_a_sample);
  void begin_pool(Clock start, std::size_t keys_a_sample);

  /// Signals intents until the pool is wanted at least from `start` to `end`. The first is as long as the pool is
  /// likely to last, so that a pool costs one intent a key, however often the key is used.
  template <class Intend>
  void cover(Clock start, Clock end, Intend&& intend) {
    if (covered_from_ == covered_to_) {
      covered_from_ = start;
      covered_to_ = std::max(end, later(start, lasts_));
      return intend(KeySpan(keys_), covered_from_, covered_to_);
    }
    if (start < covered_from_) intend(KeySpan(keys_), start, std::exchange(covered_from_, start));
    if (end <= covered_to_) return;
    const Clock to = std::max(end, later(covered_to_, lasts_));
    intend(KeySpan(keys_), std::exchange(covered_to_, to), to);
  }

  static Clock later(Clock clock, Clock by) { return clock > clock_forever - by ? clock_forever : clock + by; }

  Draws& draws_;
  const std::size_t size_;
  const std::uint64_t reuse_;
  std::vector<Key> keys_;
  std::size_t next_ = 0;            // in keys_: the next to be used in this pass
  std::uint64_t passes_left_ = 0;   // after this one
  Clock begun_ = 0;                 // the start of the pool's first sample
  Clock lasts_ = 0;                 // clocks for which a pool is likely to last
  Clock covered_from_ = 0;          // intents signalled for the pool; equal: none
  Clock covered_to_ = 0;
};

}  // namespace adapm::sampling
