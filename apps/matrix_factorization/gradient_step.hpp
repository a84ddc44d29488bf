// The arithmetic of training. The loss of a cell with value x, row factor w and column factor h is
//
//   (x - w . h)^2 + (lambda / cells of the row) |w|^2 + (lambda / cells of the column) |h|^2
//
// so that over an epoch each factor's regulariser counts once. With AdaGrad's state in the value beside the
// weights, gradient g, and sum of squared gradients a, a step is
//
//   a += g^2      w -= step g / sqrt(a + 1e-6)
#pragma once

#include <cstddef>
#include <span>

#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

/// Factors with consecutive indices from `first` on, back to back, each [w..., a...].
struct FactorRows {
  float* values = nullptr;
  const float* regularisers = nullptr;  ///< lambda / cells, by index - first
  Index first = 0;
};

/// Takes a step for each cell, one after the other, on its row's and its column's factor.
void train_cells(std::span<const Cell> cells, std::size_t rank, const FactorRows& rows,
                 const FactorRows& columns, float step);

/// Weights with consecutive indices from `first` on, `stride` floats apart.
struct WeightRows {
  const float* weights = nullptr;
  std::size_t stride = 0;
  Index first = 0;
};

/// The sum over cells of (x - w . h)^2.
double squared_errors(std::span<const Cell> cells, std::size_t rank, const WeightRows& rows,
                      const WeightRows& columns);

/// The sum of squares of n floats.
double squared_norm(const float* values, std::size_t n);

}  // namespace adapm::mf
