// Of many measured values the one that says something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace adapm::bench {

/// The value that `share` of all are not above. Reorders them. Requires at least one.
inline double quantile(std::span<double> values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

inline double median(std::span<double> values) { return quantile(values, 0.5); }

}  // namespace adapm::bench
