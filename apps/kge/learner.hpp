// One worker's training: draws points ahead and signals intents for them, and for each point pulls all its
// vectors in one call, computes, and pushes all updates in one call. A point is one tick of the worker's
// clock.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "adapm/worker.hpp"
#include "common/random.hpp"
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
  std::size_t intent_ahead = 0;    ///< points; 0: no intents
  std::uint64_t dropout_seed = 0;  ///< another for each worker
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

/// The points that a worker will train on next, announced by intents. Not thread-safe.
class PointQueue {
 public:
  /// Draws `total` points of the stream in all, `ahead` of them ahead, the first for the worker's current
  /// clock.
  PointQueue(Worker<float>& worker, PointStream stream, std::size_t ahead, std::size_t total);

  /// The keys of the next point, valid until the call after. Requires that fewer than `total` were taken.
  std::span<const Key> take();

 private:
  std::span<Key> slot(std::size_t point);
  void draw();

  Worker<float>& worker_;
  PointStream stream_;
  const std::size_t ahead_;
  const std::size_t total_;
  const Clock first_clock_;
  std::size_t drawn_ = 0;
  std::size_t taken_ = 0;
  std::vector<Key> ring_;  // of ahead_ + 1 points
};

/// Belongs to the worker's thread; must not outlive the worker.
class Learner {
 public:
  /// Will train on `total` points of the stream; signals the first intents.
  Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, PointStream stream,
          std::size_t total);

  /// Trains on the next point. Its push may still be under way on return: Worker::wait_all ends it.
  Loss learn_point();

 private:
  void drop_out();
  void mask_gradients();
  double add_penalties();
  void step();

  Worker<float>& worker_;
  const Shape shape_;
  const LearnerOptions options_;
  PointQueue queue_;
  std::unique_ptr<Model> model_;
  // The latest pushes; the one that is replaced must be done. Without this bound a worker whose pulls are
  // faster than its pushes (no intents, a neighbour's memory) would train on values that lag ever further
  // behind.
  std::array<Ticket, 16> pushes_;
  // A row per key of a point, in the order of the keys. Values and updates: weights and sums, as in the
  // store.
  std::vector<float> values_;
  std::vector<float> updates_;
  std::vector<float> gradients_;
  std::vector<float> dropped_;  // weights after dropout; empty without
  std::vector<float> mask_;     // what they were multiplied by
  apps::Random dropout_random_;
};

}  // namespace adapm::kge
