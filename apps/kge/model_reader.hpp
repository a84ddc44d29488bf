// Reads a range of the model out of the store, a bounded number of bytes at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "adapm/worker.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

/// Pulls the keys [first, last) and calls `take(key, value)` for each, in order; the value is valid in the
/// call only. Requires that they are all entities or all relations.   Blocks  yes.
template <class Take>
void pull_range(Worker<float>& worker, const Shape& shape, Key first, Key last, Take take) {
  constexpr std::size_t max_floats = std::size_t{1} << 18;
  if (first >= last) return;
  const std::size_t length = 2 * shape.weights(first);
  const std::size_t chunk = std::max<std::size_t>(max_floats / length, 1);
  std::vector<Key> keys;
  std::vector<float> values;
  for (Key begin = first; begin < last; begin += keys.size()) {
    keys.resize(std::min<std::size_t>(chunk, static_cast<std::size_t>(last - begin)));
    std::iota(keys.begin(), keys.end(), begin);
    values.resize(keys.size() * length);
    worker.wait(worker.pull(keys, values));
    for (std::size_t i = 0; i < keys.size(); ++i)
      take(keys[i], std::span<const float>(&values[i * length], length));
  }
}

}  // namespace adapm::kge
