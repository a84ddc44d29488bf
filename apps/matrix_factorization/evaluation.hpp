// The loss on training and test cells. Each rank copies all columns' weights once; its workers share that
// copy, and each copies the weights of its own rows.
#pragma once

#include <cstdint>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "common/team.hpp"
#include "matrix_factorization/dataset.hpp"

namespace adapm::mf {

/// Of all cells of all ranks.
struct Loss {
  double train_errors = 0;  ///< sum of squares
  double test_errors = 0;
  double squared_norms = 0;  ///< of the factors of rows and columns with training cells
  double train_cells = 0;
  double test_cells = 0;
  double lambda = 0;

  /// What training minimises.
  [[nodiscard]] double total() const { return train_errors + lambda * squared_norms; }
  [[nodiscard]] double train_rmse() const;
  [[nodiscard]] double test_rmse() const;
};

/// One per rank, shared by its workers.
class Evaluator {
 public:
  Evaluator(const Dataset& data, const Shape& shape, double lambda, Store<float>& store,
            const apps::Team& team);

  /// Measures the model as it is when all pushes so far are merged. `index` is the worker's on this rank.
  /// Collective  over all workers.   Returns  the same on all of them.
  const Loss& measure(Worker<float>& worker, std::size_t index);

 private:
  struct Part {
    double train_errors = 0;
    double test_errors = 0;
    double squared_norms = 0;
  };
  void copy_columns(Worker<float>& worker, std::size_t index);
  Part measure_share(Worker<float>& worker, std::size_t index);

  const Dataset& data_;
  const Shape shape_;
  Store<float>& store_;
  const apps::Team team_;
  std::vector<float> columns_;  // weights, row-major
  std::vector<Part> parts_;     // by worker
  Loss loss_;
};

}  // namespace adapm::mf
