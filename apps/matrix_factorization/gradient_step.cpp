#include "matrix_factorization/gradient_step.hpp"

#include <cmath>

#include "common/multiversion.hpp"

namespace adapm::mf {

namespace {

constexpr float epsilon = 1e-6F;
constexpr std::size_t cells_ahead = 4;  // whose factors are on their way into the cache

[[gnu::always_inline]] inline float dot(const float* __restrict a, const float* __restrict b, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

[[gnu::always_inline]] inline void step_both(float error, float step, float row_regulariser,
                                             float column_regulariser, std::size_t n, float* __restrict row,
                                             float* __restrict column) {
  float* __restrict const row_sums = row + n;
  float* __restrict const column_sums = column + n;
  for (std::size_t i = 0; i < n; ++i) {
    const float w = row[i];
    const float h = column[i];
    const float by_w = 2 * (row_regulariser * w - error * h);
    const float by_h = 2 * (column_regulariser * h - error * w);
    const float sum_w = row_sums[i] + by_w * by_w;
    const float sum_h = column_sums[i] + by_h * by_h;
    row_sums[i] = sum_w;
    column_sums[i] = sum_h;
    row[i] = w - step * by_w / std::sqrt(sum_w + epsilon);
    column[i] = h - step * by_h / std::sqrt(sum_h + epsilon);
  }
}

[[gnu::always_inline]] inline void prefetch(const float* value, std::size_t length) {
  constexpr std::size_t floats_per_line = 16;
  constexpr std::size_t most_lines = 8;  // the hardware goes on by itself
  for (std::size_t i = 0; i < length && i < most_lines * floats_per_line; i += floats_per_line) {
    __builtin_prefetch(value + i, 1);
  }
}

[[gnu::always_inline]] inline void train(std::span<const Cell> cells, std::size_t rank,
                                         const FactorRows& rows, const FactorRows& columns, float step) {
  const std::size_t length = 2 * rank;
  const auto value = [length](const FactorRows& factors, Index index) {
    return factors.values + (index - factors.first) * length;
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i + cells_ahead < cells.size()) {
      prefetch(value(rows, cells[i + cells_ahead].row), length);
      prefetch(value(columns, cells[i + cells_ahead].column), length);
    }
    const Cell& cell = cells[i];
    float* const row = value(rows, cell.row);
    float* const column = value(columns, cell.column);
    const float error = cell.value - dot(row, column, rank);
    step_both(error, step, rows.regularisers[cell.row - rows.first],
              columns.regularisers[cell.column - columns.first], rank, row, column);
  }
}

}  // namespace

ADAPM_MULTIVERSION
void train_cells(std::span<const Cell> cells, std::size_t rank, const FactorRows& rows,
                 const FactorRows& columns, float step) {
  switch (rank) {  // loops of known length for small ranks
    case 8:
      return train(cells, 8, rows, columns, step);
    case 16:
      return train(cells, 16, rows, columns, step);
    case 32:
      return train(cells, 32, rows, columns, step);
    default:
      return train(cells, rank, rows, columns, step);
  }
}

ADAPM_MULTIVERSION
double squared_errors(std::span<const Cell> cells, std::size_t rank, const WeightRows& rows,
                      const WeightRows& columns) {
  double sum = 0;
  for (const Cell& cell : cells) {
    const float* const row = rows.weights + (cell.row - rows.first) * rows.stride;
    const float* const column = columns.weights + (cell.column - columns.first) * columns.stride;
    const auto error = static_cast<double>(cell.value - dot(row, column, rank));
    sum += error * error;
  }
  return sum;
}

ADAPM_MULTIVERSION
double squared_norm(const float* values, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return sum;
}

}  // namespace adapm::mf
