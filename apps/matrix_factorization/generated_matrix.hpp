// Matrices with known factors, made row by row: memory grows with the number of columns only, and nothing is
// held of what has been made.
//
// A row's or column's factor follows from the seed and its index; its weights are normal such that a cell's
// product has variance 1. A cell is the product and normal noise. The n-th most popular row has cells in
// proportion to n^-zipf, and likewise columns; no cell occurs twice, so what a full row or column cannot take
// goes to the others. Popularity is spread over the indices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "common/random.hpp"
#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

struct GeneratedMatrix {
  Shape shape;
  std::uint64_t cells = 0;
  double noise = 0.1;
  double zipf = 0;  ///< 0: uniform
  std::uint64_t seed = 1;
};

/// The weights of a row or a column, by key.
void generated_factor(const GeneratedMatrix& matrix, Key key, std::span<float> weights);

/// Calls `take` for each cell, row by row. Requires cells <= rows * columns.
void generate_cells(const GeneratedMatrix& matrix, const std::function<void(const Cell&)>& take);

/// Popularity falling with a power, cut off: index i gets min(limit, scale * place^-exponent), where its
/// place is spread pseudo-randomly, such that the sum over all indices is `total`.
class PowerShares {
 public:
  /// Requires total <= indices * limit, indices < 2^32.
  PowerShares(std::uint64_t indices, double exponent, double total, double limit, std::uint64_t seed);
  [[nodiscard]] double operator()(std::uint64_t index) const;

 private:
  [[nodiscard]] double popularity(std::uint64_t place) const;  // of the place-th most popular, from 0

  std::uint64_t indices_;
  double exponent_;
  double limit_;
  double scale_;
  std::uint64_t full_ = 0;  // this many of the most popular get the limit
  std::uint64_t factor_ = 1;
  std::uint64_t shift_ = 0;
};

/// Chooses `total` of [0, weights) without repetition, popular ones more often.
class ColumnChooser {
 public:
  ColumnChooser(const GeneratedMatrix& matrix);
  /// Sets `columns` to `count` different ones, ascending. Requires count <= the number of columns.
  void choose(std::uint64_t count, apps::Random& random, std::vector<Index>& columns);

 private:
  void choose_few(std::uint64_t count, apps::Random& random, std::vector<Index>& columns);
  void choose_many(std::uint64_t count, apps::Random& random, std::vector<Index>& columns);

  const GeneratedMatrix& matrix_;
  std::vector<double> cumulative_;     // of popularity
  std::vector<std::uint64_t> chosen_;  // by column: the last call of choose_few that chose it
  std::uint64_t call_ = 0;
};

}  // namespace adapm::mf
