// The workers of all ranks, and how work is divided among them.
#pragma once

#include <algorithm>
#include <cstddef>

#include "adapm/store.hpp"
#include "adapm/types.hpp"

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

/// A rank's workers, among those of all ranks. Every rank has as many.
struct Team {
  std::size_t rank = 0;
  std::size_t ranks = 1;
  std::size_t threads = 1;  ///< workers per rank

  /// Where worker `index` of this rank stands.
  [[nodiscard]] WorkerPlace place(std::size_t index) const {
    return {rank * threads + index, ranks * threads};
  }
  [[nodiscard]] std::size_t workers() const { return ranks * threads; }
  /// This rank's share of [0, total), to be divided among its workers.
  [[nodiscard]] Share rank_share(std::size_t total) const { return share_of(total, {rank, ranks}); }

  /// Calls `visit(key)` for a share of the keys below `num_keys`: those whose main copies start on this rank,
  /// divided among its workers.
  template <class Visit>
  void for_each_home_key(std::size_t index, Key num_keys, Visit visit) const {
    const Key step = ranks * threads;
    for (Key key = rank + ranks * index; key < num_keys; key += step) visit(key);
  }
};

template <ValueElement V>
[[nodiscard]] Team team_of(const Store<V>& store, std::size_t threads) {
  return {static_cast<std::size_t>(store.rank()), static_cast<std::size_t>(store.num_ranks()), threads};
}

}  // namespace adapm::apps
