// word2vec's training run.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/trainer.hpp"
#include "word2vec/evaluation.hpp"
#include "word2vec/initial_values.hpp"
#include "word2vec/options.hpp"
#include "word2vec/report.hpp"
#include "word2vec/subsampling.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

class Trainer : public apps::Trainer {
 public:
  /// All arguments must outlive the trainer.
  Trainer(const Word2vecOptions& options, std::size_t corpus_bytes, const Vocabulary& vocabulary,
          const Shape& shape, const InitialValues& initial, const Tasks& tasks, Store<float>& store,
          Report& report);

 private:
  void initialise(Worker<float>& worker, std::size_t index) override;
  std::unique_ptr<apps::Learner> make_learner(Worker<float>& worker, std::size_t index) override;
  void end_epoch(const apps::EpochMeasures& measures, std::span<const double> sums) override;
  [[nodiscard]] bool evaluation_due(std::uint64_t epoch, bool last) const override;
  void evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) override;
  void write(Worker<float>& worker, const std::string& suffix) override;
  [[nodiscard]] apps::Settings settings() const override;

  const Word2vecOptions& options_;
  const std::size_t corpus_bytes_;
  const Vocabulary& vocabulary_;
  const Shape shape_;
  const InitialValues& initial_;
  const Tasks& tasks_;
  Report& report_;
  const Subsampling subsampling_;
  Evaluator evaluator_;
};

}  // namespace adapm::word2vec
