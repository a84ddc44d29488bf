// One worker's training: pulls the negatives and the words of a passage, trains on the copy, and pushes the
// differences in one call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/bounded_pushes.hpp"
#include "common/trainer.hpp"
#include "word2vec/batch.hpp"
#include "word2vec/look_ahead.hpp"
#include "word2vec/skip_gram.hpp"

namespace adapm::word2vec {

struct LearnerOptions {
  PassageOptions passages;
  double learning_rate = 0.05;
  std::uint64_t epochs = 1;  ///< of all training
  double corpus_words = 0;   ///< of an epoch of all workers
  EpochPart done;            ///< of the first epoch, before this learner
};

class Learner : public apps::Learner {
 public:
  Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, LookAhead look_ahead);

  /// Ends early if the time is up. Steps are passages. Returns the sums of loss, examples, words read, and
  /// the share of the worker's part of the corpus.
  std::vector<double> learn_epoch(apps::RunningEpoch& epoch) override;

 private:
  Loss learn_passage(const PreparedPassage& next, float learning_rate);
  /// Pulls what the passage needs; `values_` begins with the values of the batch's keys.
  const Batch& pull(const PreparedPassage& next);
  /// `fraction` is the share of this epoch that is done.
  [[nodiscard]] float learning_rate(std::uint64_t epoch, double fraction) const;

  Worker<float>& worker_;
  const Shape shape_;
  LearnerOptions options_;
  LookAhead look_ahead_;
  BatchMaker maker_;
  SkipGram model_;
  apps::BoundedPushes pushes_;
  std::vector<Key> negatives_;
  std::vector<float> values_;
  std::vector<float> updates_;
};

}  // namespace adapm::word2vec
