// A training run from initial values to written vectors: what the workers of a rank do together. Every worker
// runs the same sequence of epochs, evaluations and barriers; worker 0 of a rank does what is done once per
// rank.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "common/progress.hpp"
#include "common/share.hpp"
#include "word2vec/evaluation.hpp"
#include "word2vec/initial_values.hpp"
#include "word2vec/learner.hpp"
#include "word2vec/options.hpp"
#include "word2vec/report.hpp"
#include "word2vec/subsampling.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

class Trainer {
 public:
  /// All arguments must outlive the trainer.
  Trainer(const Word2vecOptions& options, std::size_t corpus_bytes, const Vocabulary& vocabulary,
          const Shape& shape, const InitialValues& initial, const Tasks& tasks, Store<float>& store,
          Report& report);

  /// Collective.   Blocks  until everything is trained, evaluated and written.
  void run();

 private:
  void work(Worker<float>& worker, std::size_t index);
  void initialise(Worker<float>& worker, std::size_t index);
  void replicate_everything(Worker<float>& worker);
  [[nodiscard]] Learner make_learner(Worker<float>& worker, std::size_t index) const;
  void train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::int64_t epoch);
  /// Trains until the epoch or the time ends.
  [[nodiscard]] Work learn(Learner& learner, std::int64_t epoch, bool shows_progress) const;
  void end_epoch(std::int64_t epoch);
  void evaluate(Worker<float>& worker, std::size_t index, std::int64_t epoch);
  [[nodiscard]] bool evaluation_due(std::int64_t epoch, bool last) const;
  /// Writes the model to `path`; the first worker of rank 0 does.
  void write(Worker<float>& worker, std::size_t index, const std::string& path);
  [[nodiscard]] apps::WorkerPlace place(std::size_t index) const;

  const Word2vecOptions& options_;
  const std::size_t corpus_bytes_;
  const Vocabulary& vocabulary_;
  const Shape shape_;
  const InitialValues& initial_;
  const Tasks& tasks_;
  Store<float>& store_;
  Report& report_;
  const Subsampling subsampling_;
  const AliasTable negatives_;
  const apps::TimeBudget budget_;
  Evaluator evaluator_;

  // Written by worker 0 between barriers, but for works_ and fractions_, of which each worker writes its own.
  std::vector<Work> works_;
  std::vector<double> fractions_;
  apps::Stopwatch epoch_watch_;
  apps::Seconds trained_seconds_{0};
  AccessCounts accesses_before_;
  bool stop_ = false;
};

}  // namespace adapm::word2vec
