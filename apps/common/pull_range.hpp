// Reads a range of the model out of the store, a bounded number of bytes at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "adapm/sampling.hpp"
#include "adapm/types.hpp"
#include "adapm/worker.hpp"

namespace adapm::apps {

/// Calls `visit(keys)` for the keys of `range`, in order, in portions whose values, of `length` elements
/// each, are about a megabyte.
template <class Visit>
void for_each_portion(KeyRange range, std::size_t length, Visit visit) {
  constexpr std::size_t elements = std::size_t{1} << 18;
  const Key most = std::max<std::size_t>(elements / length, 1);
  std::vector<Key> keys;
  for (Key begin = range.begin; begin < range.end; begin += keys.size()) {
    keys.resize(static_cast<std::size_t>(std::min(most, range.end - begin)));
    std::iota(keys.begin(), keys.end(), begin);
    visit(KeySpan(keys));
  }
}

/// Pulls the keys of `range`, whose values have `length` elements, and calls `take(key, value)` for each, in
/// order; the value is valid in the call only.   Blocks  yes.
template <class Take>
void pull_range(Worker<float>& worker, KeyRange range, std::size_t length, Take take) {
  std::vector<float> values;
  for_each_portion(range, length, [&](KeySpan keys) {
    values.resize(keys.size() * length);
    worker.wait(worker.pull(keys, values));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      take(keys[i], std::span<const float>(values).subspan(i * length, length));
    }
  });
}

}  // namespace adapm::apps
