// A training run from initial values to written embeddings: what the workers of a rank do together. Every
// worker runs the same sequence of epochs, evaluations and barriers; worker 0 of a rank does what is done
// once per rank.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "kge/dataset.hpp"
#include "kge/embeddings_file.hpp"
#include "kge/evaluation.hpp"
#include "kge/learner.hpp"
#include "kge/options.hpp"
#include "kge/report.hpp"

namespace adapm::kge {

/// Errors  apps::InputError if a split that the options ask for has no triples.
void check_evaluation(const KgeOptions& options, const Dataset& data);

class Trainer {
 public:
  /// `trained` is the model to start from, or null. All arguments must outlive the trainer.
  Trainer(const KgeOptions& options, const Dataset& data, const Shape& shape, const Embeddings* trained,
          Store<float>& store, Report& report);

  /// Collective.   Blocks  until everything is trained, evaluated and written.
  void run();

 private:
  struct Split {
    std::string name;
    std::span<const Triple> triples;
  };

  void work(Worker<float>& worker, std::size_t index);
  void initialise(Worker<float>& worker, std::size_t index);
  void replicate_everything(Worker<float>& worker);
  [[nodiscard]] Learner make_learner(Worker<float>& worker, std::size_t index) const;
  void train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::int64_t epoch);
  [[nodiscard]] Loss learn_points(Learner& learner, std::size_t points, std::int64_t epoch,
                                  bool shows_progress) const;
  void end_epoch(std::int64_t epoch);
  void evaluate(Worker<float>& worker, std::size_t index, std::int64_t epoch);
  [[nodiscard]] bool evaluation_due(std::int64_t epoch, bool last) const;
  /// Writes the model to PREFIX + suffix + .bin; the first worker of rank 0 does.
  void write(Worker<float>& worker, std::size_t index, const std::string& suffix, bool with_text);
  [[nodiscard]] WorkerPlace place(std::size_t index) const;

  const KgeOptions& options_;
  const Dataset& data_;
  const Shape shape_;
  const Embeddings* trained_;
  Store<float>& store_;
  Report& report_;
  std::vector<Split> splits_;
  std::optional<Evaluator> evaluator_;

  // Written by worker 0 between barriers, but for losses_, of which each worker writes its own.
  std::vector<Loss> losses_;
  apps::Stopwatch epoch_watch_;
  apps::Seconds trained_seconds_{0};
  AccessCounts accesses_before_;
  bool stop_ = false;
};

}  // namespace adapm::kge
