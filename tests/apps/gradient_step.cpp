#include "matrix_factorization/gradient_step.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "common/random.hpp"

namespace adapm::mf {

namespace {

constexpr double row_regulariser = 0.3;
constexpr double column_regulariser = 0.7;

std::vector<float> random_value(std::size_t rank, apps::Random& random) {
  std::vector<float> value(2 * rank);
  for (std::size_t i = 0; i < rank; ++i) value[i] = static_cast<float>(random.normal());
  return value;
}

double loss(double x, const std::vector<double>& w, const std::vector<double>& h) {
  double product = 0;
  double penalty = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    product += w[i] * h[i];
    penalty += row_regulariser * w[i] * w[i] + column_regulariser * h[i] * h[i];
  }
  return (x - product) * (x - product) + penalty;
}

}  // namespace

TEST_CASE("a step adds the squares of the loss's derivatives to the sums and goes against them") {
  apps::Random random({1});
  for (const std::size_t rank : {1U, 3U, 8U, 16U, 17U, 32U, 50U}) {
    const std::vector<float> row = random_value(rank, random);
    const std::vector<float> column = random_value(rank, random);
    std::vector<float> new_row = row;
    std::vector<float> new_column = column;
    const auto row_weight = static_cast<float>(row_regulariser);
    const auto column_weight = static_cast<float>(column_regulariser);
    const Cell cell{5, 9, 1.5F};
    train_cells({&cell, 1}, rank, {new_row.data(), &row_weight, 5}, {new_column.data(), &column_weight, 9},
                0.1F);

    const std::vector<double> w(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(rank));
    const std::vector<double> h(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(rank));
    const auto check = [&](bool of_row, std::size_t i, float before, float after, float sum) {
      constexpr double small = 1e-5;
      auto up = std::pair(w, h);
      auto down = up;
      (of_row ? up.first : up.second)[i] += small;
      (of_row ? down.first : down.second)[i] -= small;
      const double x = 1.5;
      const double derivative =
          (loss(x, up.first, up.second) - loss(x, down.first, down.second)) / (2 * small);
      CHECK(sum == Approx(derivative * derivative).epsilon(1e-3).margin(1e-5));
      CHECK(before - after ==
            Approx(0.1 * derivative / std::sqrt(derivative * derivative + 1e-6)).epsilon(1e-3).margin(1e-5));
    };
    for (std::size_t i = 0; i < rank; ++i) {
      check(true, i, row[i], new_row[i], new_row[rank + i]);
      check(false, i, column[i], new_column[i], new_column[rank + i]);
    }
  }
}

TEST_CASE("cells follow each other on the same factors") {
  apps::Random random({2});
  constexpr std::size_t rank = 8;
  std::vector<Cell> cells;
  for (int i = 0; i < 40; ++i)
    cells.push_back({random.below(3U), random.below(2U), static_cast<float>(random.normal())});
  std::vector<float> rows(3 * 2 * rank, 0.25F);
  std::vector<float> columns(2 * 2 * rank, 0.5F);
  const std::vector<float> regularisers(3, 0.01F);
  std::vector<float> rows_one_by_one = rows;
  std::vector<float> columns_one_by_one = columns;
  train_cells(cells, rank, {rows.data(), regularisers.data(), 0}, {columns.data(), regularisers.data(), 0},
              0.1F);
  for (const Cell& cell : cells) {
    train_cells({&cell, 1}, rank, {rows_one_by_one.data(), regularisers.data(), 0},
                {columns_one_by_one.data(), regularisers.data(), 0}, 0.1F);
  }
  CHECK(rows == rows_one_by_one);
  CHECK(columns == columns_one_by_one);
}

TEST_CASE("errors are summed over cells, wherever the weights lie") {
  const std::vector<float> rows = {1, 2, -1, 3, 0, -1};  // rows 4 and 5, 3 apart
  const std::vector<float> columns = {2, 1, 1, 1};       // columns 0 and 1
  const std::vector<Cell> cells = {{4, 0, 5}, {5, 1, 1}, {4, 1, 3}};
  CHECK(squared_errors(cells, 2, {rows.data(), 3, 4}, {columns.data(), 2, 0}) == Approx(1 + 4 + 0));
  CHECK(squared_norm(rows.data(), 3) == Approx(6));
}

}  // namespace adapm::mf
