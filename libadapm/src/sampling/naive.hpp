// The scheme `naive`: keys are drawn when the sample is prepared, and pulled from wherever they are.
#pragma once

#include <cstddef>
#include <span>

#include "sampling/draws.hpp"
#include "sampling/sample_table.hpp"

namespace adapm::sampling {

/// Hands out keys that were drawn ahead.
inline void hand_out_drawn(Sample& sample, std::span<Key> keys) {
  for (Key& key : keys) key = sample.take_drawn();
}

class Naive {
 public:
  explicit Naive(Draws& draws) : draws_(draws) {}

  template <class Intend>
  void prepare(Sample& sample, Clock /*start*/, Clock /*end*/, Intend&& /*intend*/) {
    draws_.draw_list(sample.remaining, sample.drawn);
  }

  template <class Whereabouts>
  void choose(Sample& sample, std::span<Key> keys, const Whereabouts& /*whereabouts*/) {
    hand_out_drawn(sample, keys);
  }

 private:
  Draws& draws_;
};

}  // namespace adapm::sampling
