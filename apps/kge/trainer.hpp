// kge's training run.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/trainer.hpp"
#include "kge/dataset.hpp"
#include "kge/embeddings_file.hpp"
#include "kge/evaluation.hpp"
#include "kge/options.hpp"
#include "kge/report.hpp"

namespace adapm::kge {

/// Errors  apps::InputError if a split that the options ask for has no triples.
void check_evaluation(const KgeOptions& options, const Dataset& data);

class Trainer : public apps::Trainer {
 public:
  /// `trained` is the model to start from, or null. All arguments must outlive the trainer.
  Trainer(const KgeOptions& options, const Dataset& data, const Shape& shape, const Embeddings* trained,
          Store<float>& store, Report& report);

 private:
  struct Split {
    std::string name;
    std::span<const Triple> triples;
  };

  void initialise(Worker<float>& worker, std::size_t index) override;
  std::unique_ptr<apps::Learner> make_learner(Worker<float>& worker, std::size_t index) override;
  void end_epoch(const apps::EpochMeasures& measures, std::span<const double> sums) override;
  [[nodiscard]] bool evaluation_due(std::uint64_t epoch, bool last) const override;
  void evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) override;
  void write(Worker<float>& worker, const std::string& suffix) override;
  [[nodiscard]] apps::Settings settings() const override;

  const KgeOptions& options_;
  const Dataset& data_;
  const Shape shape_;
  const Embeddings* trained_;
  Report& report_;
  std::vector<Split> splits_;
  std::optional<Evaluator> evaluator_;
};

}  // namespace adapm::kge
