// A worker's training points: its share of the triples in a new order every epoch, epoch after epoch, each
// with its negatives. Everything follows from the seed, so a point can be drawn long before it is trained on,
// and its keys announced. Negatives are uniform over all entities; one that happens to be true is not
// filtered.
#pragma once

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

/// The keys of a point: subject, relation, object, N corrupted subjects, N corrupted objects.
[[nodiscard]] inline std::size_t keys_per_point(std::size_t negatives) { return 3 + 2 * negatives; }

/// Not thread-safe. The triples must outlive it.
class PointStream {
 public:
  PointStream(std::span<const Triple> train, const Shape& shape, std::size_t negatives, std::uint64_t seed,
              WorkerPlace place);

  [[nodiscard]] std::size_t points_per_epoch() const { return order_.size(); }
  [[nodiscard]] std::size_t keys_per_point() const { return kge::keys_per_point(negatives_); }

  /// Sets `keys`, keys_per_point() of them, to the next point's. Requires points_per_epoch() > 0.
  void next(std::span<Key> keys);

 private:
  const std::span<const Triple> share_;
  const Shape shape_;
  const std::size_t negatives_;
  std::vector<std::uint32_t> order_;  // of share_, in this epoch
  std::size_t position_ = 0;          // in order_
  apps::Random shuffle_random_;
  apps::Random negative_random_;
};

}  // namespace adapm::kge
