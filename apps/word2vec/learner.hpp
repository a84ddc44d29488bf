// One worker's training: pulls a batch's keys in one call, trains on the copy, and pushes the differences in
// one call. A sentence is one tick of the worker's clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapm/worker.hpp"
#include "word2vec/look_ahead.hpp"
#include "word2vec/skip_gram.hpp"

namespace adapm::word2vec {

struct LearnerOptions {
  double learning_rate = 0.05;
  std::uint64_t epochs = 1;
};

/// What a worker did, summed over batches.
struct Work {
  Loss loss;
  std::uint64_t words_read = 0;
  Work& operator+=(const Work& other) {
    loss += other.loss;
    words_read += other.words_read;
    return *this;
  }
};

/// Belongs to the worker's thread; must not outlive the worker.
class Learner {
 public:
  Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, LookAhead look_ahead);

  /// Trains on the next batch. Its push may still be under way on return: Worker::wait_all ends it.
  Work learn_batch();

  /// The share of its part of the corpus that the worker has trained on in this epoch; 1 at the end.
  [[nodiscard]] double fraction() const { return fraction_; }
  /// True if the last batch was the last of an epoch.
  [[nodiscard]] bool at_end_of_epoch() const { return at_end_of_epoch_; }

 private:
  [[nodiscard]] float learning_rate() const;

  Worker<float>& worker_;
  const Shape shape_;
  const LearnerOptions options_;
  LookAhead look_ahead_;
  SkipGram model_;
  // The latest pushes; the one that is replaced must be done. Without this bound a worker whose pulls are
  // faster than its pushes would train on values that lag ever further behind.
  std::array<Ticket, 16> pushes_;
  std::size_t batches_ = 0;
  std::uint64_t epochs_done_ = 0;
  double fraction_ = 0;
  bool at_end_of_epoch_ = false;
  std::vector<float> values_;
  std::vector<float> updates_;
};

}  // namespace adapm::word2vec
