// One worker's training, by one of three algorithms. Each signals ahead which columns it will need when; the
// rows of a worker are its own, so one intent that never ends is enough for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "adapm/worker.hpp"
#include "common/team.hpp"
#include "common/trainer.hpp"
#include "matrix_factorization/bold_driver.hpp"
#include "matrix_factorization/dataset.hpp"

namespace adapm::mf {

/// What the learners of a rank have in common.
struct LearnerSetting {
  const Dataset& data;
  Shape shape;
  std::uint64_t seed = 0;
  std::uint64_t first_epoch = 1;
  const BoldDriver& driver;  ///< has the step; does not change within an epoch
  float lambda = 0;
  std::size_t batch = 1;         ///< cells between a pull and a push at most, where factors are shared
  std::size_t intent_ahead = 0;  ///< cells; 0: no intents
  std::span<const float> column_regularisers;  ///< lambda / cells, by column
};

/// All make learners for the place-th of all workers and reorder its cells; the first intents are signalled.

/// DSGD: in each sub-epoch a block of columns to oneself. Clocks are sub-epochs.
std::unique_ptr<apps::Learner> make_dsgd(Worker<float>& worker, WorkerCells& cells,
                                         const LearnerSetting& setting, apps::WorkerPlace place);
/// Column after column in random order. Clocks are columns.
std::unique_ptr<apps::Learner> make_columnwise(Worker<float>& worker, WorkerCells& cells,
                                               const LearnerSetting& setting, apps::WorkerPlace place);
/// Cells in random order. Clocks are batches.
std::unique_ptr<apps::Learner> make_plain_sgd(Worker<float>& worker, WorkerCells& cells,
                                              const LearnerSetting& setting, apps::WorkerPlace place);

/// lambda / cells for each index; 0 for those without cells.
std::vector<float> regularisers(float lambda, std::span<const std::uint32_t> cells);

}  // namespace adapm::mf
