// matrix_factorization's training run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/trainer.hpp"
#include "matrix_factorization/bold_driver.hpp"
#include "matrix_factorization/dataset.hpp"
#include "matrix_factorization/evaluation.hpp"
#include "matrix_factorization/factors_file.hpp"
#include "matrix_factorization/options.hpp"
#include "matrix_factorization/report.hpp"

namespace adapm::mf {

class Trainer : public apps::Trainer {
 public:
  /// `trained` tells of the model of --init-from, if there is one. All arguments must outlive the trainer.
  Trainer(const MfOptions& options, Dataset& data, const Shape& shape,
          const std::optional<FactorsHeader>& trained, Store<float>& store, Report& report);

 private:
  void initialise(Worker<float>& worker, std::size_t index) override;
  void set_initial(Worker<float>& worker, std::size_t index);
  void set_trained(Worker<float>& worker, std::size_t index);
  std::unique_ptr<apps::Learner> make_learner(Worker<float>& worker, std::size_t index) override;
  void announce_rows(Worker<float>& worker, const WorkerCells& cells);
  void end_epoch(const apps::EpochMeasures& measures, std::span<const double> sums) override;
  [[nodiscard]] bool evaluation_due(std::uint64_t epoch, bool last) const override;
  void evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) override;
  void take_loss(std::uint64_t epoch, const Loss& loss, apps::Seconds evaluation_seconds);
  void write(Worker<float>& worker, const std::string& suffix) override;
  [[nodiscard]] apps::Settings settings() const override;
  [[nodiscard]] std::vector<double> state_of_program() const override { return {driver_.step, driver_.loss}; }
  void set_state_of_program(std::span<const double> state) override;
  void write_binary(Worker<float>& worker, const std::string& path);
  void write_text(Worker<float>& worker, const std::string& path, KeyRange keys,
                  const std::vector<std::int64_t>& ids);

  const MfOptions& options_;
  Dataset& data_;
  const Shape shape_;
  const std::optional<FactorsHeader>& trained_;
  Report& report_;
  const bool first_rank_;
  Evaluator evaluator_;
  const std::vector<float> column_regularisers_;

  // Written by worker 0 between barriers.
  BoldDriver driver_;
  apps::EpochMeasures measures_;  // of the last epoch
};

}  // namespace adapm::mf
