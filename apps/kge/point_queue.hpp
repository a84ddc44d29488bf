// The points that a worker will train on next: true triples taken ahead of time and announced by intents, with
// samples of entities prepared for their negatives. A point is one tick of the worker's clock.
//
// They are announced in blocks: the keys that the points of a block need, each once, for the block's clocks
// together. That tells the manager of a key as long as it is in use, and costs less than point by point.
#pragma once

#include <cstddef>
#include <vector>

#include "adapm/worker.hpp"
#include "common/distinct_keys.hpp"
#include "kge/point_stream.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

/// A true triple, and a prepared sample of the entities that take its subject's or its object's place.
struct Point {
  TripleKeys triple;
  SampleId corrupted;
};

/// Not thread-safe; belongs to the worker's thread.
class PointQueue {
 public:
  /// Takes `total` triples of the stream in all, about `ahead` of them ahead, 0: no intents; the first for the
  /// worker's current clock. Each gets a sample of `corrupted` entities. Triples have keys in [0, num_keys).
  PointQueue(Worker<float>& worker, PointStream stream, Key num_keys, std::size_t corrupted, std::size_t ahead,
             std::size_t total);

  /// The next point. Requires that fewer than `total` were taken.
  Point take();

 private:
  [[nodiscard]] Point& slot(std::size_t point) { return ring_[point % ring_.size()]; }
  void prepare_block();
  void prepare_point();

  Worker<float>& worker_;
  PointStream stream_;
  const std::size_t corrupted_;
  const std::size_t ahead_;
  const std::size_t block_;  // points
  const std::size_t total_;
  const Clock first_clock_;
  std::size_t prepared_ = 0;
  std::size_t taken_ = 0;
  std::vector<Point> ring_;
  apps::DistinctKeys block_keys_;
};

}  // namespace adapm::kge
