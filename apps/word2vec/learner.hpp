// One worker's training: pulls a batch's keys in one call, trains on the copy, and pushes the differences in
// one call. A sentence is one tick of the worker's clock.
#pragma once

#include <cstdint>
#include <vector>

#include "common/bounded_pushes.hpp"
#include "common/trainer.hpp"
#include "word2vec/look_ahead.hpp"
#include "word2vec/skip_gram.hpp"

namespace adapm::word2vec {

struct LearnerOptions {
  double learning_rate = 0.05;
  std::uint64_t epochs = 1;  ///< of all training
  double corpus_words = 0;   ///< of an epoch of all workers
};

class Learner : public apps::Learner {
 public:
  Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, LookAhead look_ahead);

  /// Ends early if the time is up. Returns the sums of loss, examples, words read, and the share of the
  /// worker's part of the corpus.
  std::vector<double> learn_epoch(apps::RunningEpoch& epoch) override;

 private:
  Loss learn_batch(const Batch& batch, float learning_rate);
  /// `fraction` is the share of this epoch that is done.
  [[nodiscard]] float learning_rate(std::uint64_t epoch, double fraction) const;

  Worker<float>& worker_;
  const Shape shape_;
  const LearnerOptions options_;
  LookAhead look_ahead_;
  SkipGram model_;
  apps::BoundedPushes pushes_;
  std::vector<float> values_;
  std::vector<float> updates_;
};

}  // namespace adapm::word2vec
