// One worker's training: for each point it pulls the triple and the sample, computes, and pushes all updates in
// one call. A point is one tick of the worker's clock.
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
#include "kge/point_queue.hpp"
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

class Learner : public apps::Learner {
 public:
  /// Will train for `epochs` epochs of the stream, of whose first one `points_done` points have been taken;
  /// signals the first intents. Samples are drawn from the store's distribution.
  Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, PointStream stream,
          std::size_t epochs, std::size_t points_done);

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
