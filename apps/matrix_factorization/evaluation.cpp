#include "matrix_factorization/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/pull_range.hpp"
#include "matrix_factorization/gradient_step.hpp"

namespace adapm::mf {

namespace {

double rmse(double errors, double cells) { return cells > 0 ? std::sqrt(errors / cells) : std::nan(""); }

/// Copies the weights of `keys` to `weights`.
void copy_weights(Worker<float>& worker, std::size_t rank, KeyRange keys, float* weights) {
  apps::pull_range(worker, keys, 2 * rank, [&](Key key, std::span<const float> value) {
    std::copy_n(value.data(), rank, weights + static_cast<std::size_t>(key - keys.begin) * rank);
  });
}

}  // namespace

double Loss::train_rmse() const { return rmse(train_errors, train_cells); }
double Loss::test_rmse() const { return rmse(test_errors, test_cells); }

Evaluator::Evaluator(const Dataset& data, const Shape& shape, double lambda, Store<float>& store,
                     const apps::Team& team)
    : data_(data), shape_(shape), store_(store), team_(team), parts_(team.threads) {
  loss_.lambda = lambda;
  loss_.train_cells = static_cast<double>(data.train_cells);
  loss_.test_cells = static_cast<double>(data.test_cells);
}

const Loss& Evaluator::measure(Worker<float>& worker, std::size_t index) {
  worker.wait_sync();
  if (index == 0) columns_.resize(shape_.columns * shape_.rank);
  worker.barrier();
  copy_columns(worker, index);
  worker.barrier();
  parts_[index] = measure_share(worker, index);
  worker.barrier();
  if (index == 0) {
    columns_ = {};
    std::array<double, 3> sums{};
    for (const Part& part : parts_) {
      sums[0] += part.train_errors;
      sums[1] += part.test_errors;
      sums[2] += part.squared_norms;
    }
    store_.allreduce(sums);
    loss_.train_errors = sums[0];
    loss_.test_errors = sums[1];
    loss_.squared_norms = sums[2];
  }
  worker.barrier();
  return loss_;
}

void Evaluator::copy_columns(Worker<float>& worker, std::size_t index) {
  const apps::Share share = apps::share_of(shape_.columns, {index, team_.threads});
  copy_weights(worker, shape_.rank,
               shape_.column_keys(static_cast<Index>(share.begin), static_cast<Index>(share.end)),
               columns_.data() + share.begin * shape_.rank);
}

Evaluator::Part Evaluator::measure_share(Worker<float>& worker, std::size_t index) {
  const WorkerCells& mine = data_.workers[index];
  const std::size_t rank = shape_.rank;
  std::vector<float> rows(mine.rows() * rank);
  copy_weights(worker, rank, shape_.row_keys(mine.first_row, mine.last_row), rows.data());

  Part part;
  const WeightRows row_weights{rows.data(), rank, mine.first_row};
  const WeightRows column_weights{columns_.data(), rank, 0};
  part.train_errors = squared_errors(mine.train, rank, row_weights, column_weights);
  part.test_errors = squared_errors(mine.test, rank, row_weights, column_weights);
  for (Index i = mine.first_row; i < mine.last_row; ++i) {
    if (data_.row_cells[i] > 0) part.squared_norms += squared_norm(&rows[(i - mine.first_row) * rank], rank);
  }
  const apps::Share share = apps::share_of(shape_.columns, team_.place(index));
  for (std::size_t j = share.begin; j < share.end; ++j) {
    if (data_.column_cells[j] > 0) part.squared_norms += squared_norm(&columns_[j * rank], rank);
  }
  return part;
}

}  // namespace adapm::mf
