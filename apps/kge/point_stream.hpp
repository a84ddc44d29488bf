// A worker's true triples: its share in a new order every epoch, epoch after epoch. The order follows from
// the seed, the epoch and the worker, so a triple can be drawn long before it is trained on, and its keys
// announced.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/random.hpp"
#include "common/team.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

using apps::Share;
using apps::share_of;
using apps::WorkerPlace;

/// Subject, relation, object.
using TripleKeys = std::array<Key, 3>;

/// Not thread-safe. The triples must outlive it.
class PointStream {
 public:
  /// Begins with the first triple of `first_epoch`.
  PointStream(std::span<const Triple> train, const Shape& shape, std::uint64_t seed, WorkerPlace place,
              std::uint64_t first_epoch);

  [[nodiscard]] std::size_t points_per_epoch() const { return order_.size(); }

  /// Requires points_per_epoch() > 0.
  TripleKeys next();

 private:
  void begin_epoch();

  const std::span<const Triple> share_;
  const Shape shape_;
  const std::uint64_t seed_;
  const WorkerPlace place_;
  std::uint64_t next_epoch_;
  std::vector<std::uint32_t> order_;  // of share_, in this epoch
  std::size_t position_ = 0;          // in order_
};

}  // namespace adapm::kge
