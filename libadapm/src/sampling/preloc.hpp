// The scheme `preloc`: keys are drawn when the sample is prepared, and an intent brings them here in time.
#pragma once

#include <span>

#include "sampling/draws.hpp"
#include "sampling/naive.hpp"
#include "sampling/sample_table.hpp"

namespace adapm::sampling {

class Preloc {
 public:
  explicit Preloc(Draws& draws) : draws_(draws) {}

  template <class Intend>
  void prepare(Sample& sample, Clock start, Clock end, Intend&& intend) {
    draws_.draw_list(sample.remaining, sample.drawn);
    intend(KeySpan(sample.drawn), start, end);
  }

  template <class Whereabouts>
  void choose(Sample& sample, std::span<Key> keys, const Whereabouts& /*whereabouts*/) {
    hand_out_drawn(sample, keys);
  }

 private:
  Draws& draws_;
};

}  // namespace adapm::sampling
