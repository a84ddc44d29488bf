// How work is divided among the workers of all ranks.
#pragma once

#include <algorithm>
#include <cstddef>

namespace adapm::apps {

/// A worker's place among all workers of all ranks.
struct WorkerPlace {
  std::size_t index = 0;
  std::size_t count = 1;
};

/// A contiguous part [begin, end).
struct Share {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// A worker's share of [0, total); shares differ by at most one.
[[nodiscard]] inline Share share_of(std::size_t total, WorkerPlace place) {
  const std::size_t each = total / place.count;
  const std::size_t rest = total % place.count;
  const std::size_t begin = place.index * each + std::min(place.index, rest);
  return {begin, begin + each + (place.index < rest ? 1 : 0)};
}

}  // namespace adapm::apps
