// One worker's training: takes true triples ahead of time, signals intents for them and prepares samples of
// entities for their negatives. For each point it pulls the triple and the sample, computes, and pushes all
// updates in one call. A point is one tick of the worker's clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "adapm/worker.hpp"
#include "common/bounded_pushes.hpp"
#include "common/random.hpp"
#include "common/trainer.hpp"
#include "kge/model.hpp"
#include "kge/point_stream.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

struct LearnerOptions {
  std::size_t negatives = 1;
  float learning_rate = 0.1F;
  float reg_entity = 0;
  float reg_relation = 0;
  double dropout_entity = 0;
  double dropout_relation = 0;
  std::size_t intent_ahead = 0;  ///< points; 0: no intents
  std::uint64_t seed = 0;
  WorkerPlace place;
};

/// Sums over points.
struct Loss {
  double logistic = 0;  ///< binary cross-entropy
  double penalty = 0;   ///< L2
  Loss& operator+=(const Loss& other) {
    logistic += other.logistic;
    penalty += other.penalty;
    return *this;
  }
};

/// A true triple, and a prepared sample of the entities that take its subject's or its object's place.
struct Point {
  TripleKeys triple;
  SampleId corrupted;
};

/// The points that a worker will train on next, announced by intents. Not thread-safe.
class PointQueue {
 public:
  /// Takes `total` triples of the stream in all, `ahead` of them ahead, the first for the worker's current
  /// clock. Each gets a sample of `corrupted` entities.
  PointQueue(Worker<float>& worker, PointStream stream, std::size_t corrupted, std::size_t ahead,
             std::size_t total);

  /// The next point. Requires that fewer than `total` were taken.
  Point take();

 private:
  [[nodiscard]] Point& slot(std::size_t point) { return ring_[point % ring_.size()]; }
  void prepare();

  Worker<float>& worker_;
  PointStream stream_;
  const std::size_t corrupted_;
  const std::size_t ahead_;
  const std::size_t total_;
  const Clock first_clock_;
  std::size_t prepared_ = 0;
  std::size_t taken_ = 0;
  std::vector<Point> ring_;  // ahead_ + 1
};

class Learner : public apps::Learner {
 public:
  /// Will train for `epochs` epochs of the stream; signals the first intents. Samples are drawn from the
  /// store's distribution.
  Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, PointStream stream,
          std::size_t epochs);

  /// Returns the sums of Loss: logistic, penalty.
  std::vector<double> learn_epoch(apps::RunningEpoch& epoch) override;

 private:
  Loss learn_point();
  void pull(const Point& point);
  void drop_out();
  void mask_gradients();
  double add_penalties();
  void step();

  Worker<float>& worker_;
  const Shape shape_;
  const LearnerOptions options_;
  const std::size_t points_per_epoch_;
  PointQueue queue_;
  std::unique_ptr<Model> model_;
  apps::BoundedPushes pushes_;
  std::vector<Key> keys_;  // of a point: subject, relation, object, corrupted subjects, corrupted objects
  // A row per key of a point, in the order of the keys. Values and updates: weights and sums, as in the
  // store.
  std::vector<float> values_;
  std::vector<float> updates_;
  std::vector<float> gradients_;
  std::vector<float> dropped_;      // weights after dropout; empty without
  std::vector<float> mask_;         // what they were multiplied by
  apps::Random dropout_random_{0};  // of the epoch
};

}  // namespace adapm::kge
