// A training run from initial values to written factors: what the workers of a rank do together. Every worker
// runs the same sequence of epochs, evaluations and barriers; worker 0 of a rank does what is done once per
// rank.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "matrix_factorization/bold_driver.hpp"
#include "matrix_factorization/dataset.hpp"
#include "matrix_factorization/evaluation.hpp"
#include "matrix_factorization/factors_file.hpp"
#include "matrix_factorization/learner.hpp"
#include "matrix_factorization/options.hpp"
#include "matrix_factorization/report.hpp"

namespace adapm::mf {

class Trainer {
 public:
  /// `trained` tells of the model of --init-from, if there is one. All arguments must outlive the trainer.
  Trainer(const MfOptions& options, Dataset& data, const Shape& shape,
          const std::optional<FactorsHeader>& trained, Store<float>& store, Report& report);

  /// Collective.   Blocks  until everything is trained, evaluated and written.
  void run();

 private:
  void work(Worker<float>& worker, std::size_t index);
  void initialise(Worker<float>& worker, std::size_t index);
  void set_initial(Worker<float>& worker, std::size_t index);
  void set_trained(Worker<float>& worker, std::size_t index);
  void announce_rows(Worker<float>& worker, std::size_t index);
  [[nodiscard]] std::unique_ptr<Learner> make_learner(Worker<float>& worker, std::size_t index);
  void evaluate_initial(Worker<float>& worker, std::size_t index);
  void train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::uint64_t epoch);
  void evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch);
  void end_epoch(std::uint64_t epoch);
  /// Writes the model to PREFIX + suffix + .bin; the first worker of rank 0 does.
  void write(Worker<float>& worker, std::size_t index, const std::string& suffix, bool with_text);
  void write_binary(Worker<float>& worker, const std::string& path);
  void write_text(Worker<float>& worker, const std::string& path, Key first, Key last,
                  const std::vector<std::int64_t>& ids);
  [[nodiscard]] apps::WorkerPlace place(std::size_t index) const;

  const MfOptions& options_;
  Dataset& data_;
  const Shape shape_;
  const std::optional<FactorsHeader>& trained_;
  Store<float>& store_;
  Report& report_;
  Evaluator evaluator_;
  const std::vector<float> column_regularisers_;
  const std::uint64_t first_epoch_;
  const std::uint64_t last_epoch_;

  // Written by worker 0 between barriers.
  BoldDriver driver_;
  std::uint64_t epochs_done_;
  apps::Stopwatch watch_;
  EpochResult result_;
  AccessCounts accesses_before_;
  bool stop_ = false;
};

}  // namespace adapm::mf
