// A worker's true triples: its share in a new order every epoch, epoch after epoch. Everything follows from
// the seed, so a triple can be drawn long before it is trained on, and its keys announced.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/random.hpp"
#include "common/share.hpp"
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
