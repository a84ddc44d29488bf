// A worker's true triples: its share in a new order every epoch, epoch after epoch. Everything follows from
// the seed, so a triple can be drawn long before it is trained on, and its keys announced.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/random.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

/// A worker's place among all workers of all ranks.
struct WorkerPlace {
  std::size_t index = 0;
  std::size_t count = 1;
};

/// The contiguous share of [0, total) of a worker; shares differ by at most one.
struct Share {
  std::size_t begin;
  std::size_t end;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};
[[nodiscard]] Share share_of(std::size_t total, WorkerPlace place);

/// Subject, relation, object.
using TripleKeys = std::array<Key, 3>;

/// Not thread-safe. The triples must outlive it.
class PointStream {
 public:
  PointStream(std::span<const Triple> train, const Shape& shape, std::uint64_t seed, WorkerPlace place);

  [[nodiscard]] std::size_t points_per_epoch() const { return order_.size(); }

  /// Requires points_per_epoch() > 0.
  TripleKeys next();

 private:
  const std::span<const Triple> share_;
  const Shape shape_;
  std::vector<std::uint32_t> order_;  // of share_, in this epoch
  std::size_t position_ = 0;          // in order_
  apps::Random shuffle_random_;
};

}  // namespace adapm::kge
