#include "matrix_factorization/generated_matrix.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

namespace adapm::mf {

namespace {

std::vector<Cell> cells_of(const GeneratedMatrix& matrix) {
  std::vector<Cell> cells;
  generate_cells(matrix, [&](const Cell& cell) { cells.push_back(cell); });
  return cells;
}

/// Cells by row or column, most first.
std::vector<double> sorted_counts(const std::vector<Cell>& cells, Index Cell::*member, Index size) {
  std::vector<double> counts(size);
  for (const Cell& cell : cells) ++counts[cell.*member];
  std::sort(counts.rbegin(), counts.rend());
  return counts;
}

GeneratedMatrix make(Index rows, Index columns, std::uint64_t cells, double zipf) {
  GeneratedMatrix matrix;
  matrix.shape = {rows, columns, 4};
  matrix.cells = cells;
  matrix.zipf = zipf;
  return matrix;
}

}  // namespace

TEST_CASE("a generated matrix has as many cells as asked for, none twice, in the order of the rows") {
  for (const auto& matrix : {make(100, 50, 1000, 0), make(300, 200, 5000, 1.1), make(50, 40, 2000, 1.1),
                             make(1, 10, 10, 0), make(10, 1, 7, 2), make(20000, 1000, 30000, 1.5)}) {
    const std::vector<Cell> cells = cells_of(matrix);
    CHECK(cells.size() == matrix.cells);
    std::set<std::pair<Index, Index>> different;
    for (const Cell& cell : cells) {
      different.insert({cell.row, cell.column});
      CHECK((cell.row < matrix.shape.rows && cell.column < matrix.shape.columns));
    }
    CHECK(different.size() == cells.size());
    CHECK(std::is_sorted(cells.begin(), cells.end(),
                         [](const Cell& a, const Cell& b) { return a.row < b.row; }));
  }
}

TEST_CASE("a cell is the product of its factors and noise; cells without noise have variance 1") {
  GeneratedMatrix matrix = make(400, 300, 40000, 0);
  matrix.noise = 0.25;
  const auto factor = [&](Key key) {
    std::vector<float> weights(matrix.shape.rank);
    generated_factor(matrix, key, weights);
    return weights;
  };
  double noise = 0;
  double products = 0;
  const std::vector<Cell> cells = cells_of(matrix);
  for (const Cell& cell : cells) {
    const std::vector<float> w = factor(matrix.shape.row_key(cell.row));
    const std::vector<float> h = factor(matrix.shape.column_key(cell.column));
    const double product = std::inner_product(w.begin(), w.end(), h.begin(), 0.0);
    products += product * product;
    noise += (cell.value - product) * (cell.value - product);
  }
  CHECK(std::sqrt(noise / 40000) == Approx(0.25).epsilon(0.02));
  CHECK(products / 40000 == Approx(1).epsilon(0.15));
}

TEST_CASE("popularity falls with the exponent asked for") {
  const GeneratedMatrix matrix = make(20000, 5000, 100000, 1.1);
  const std::vector<Cell> cells = cells_of(matrix);
  const std::vector<double> rows = sorted_counts(cells, &Cell::row, matrix.shape.rows);
  // Rows that are not full: the ratio of the 20th to the 200th is 10^1.1.
  CHECK(rows[19] < 5000);
  CHECK(rows[19] / rows[199] == Approx(std::pow(200.0 / 20, 1.1)).epsilon(0.05));
  const std::vector<double> columns = sorted_counts(cells, &Cell::column, matrix.shape.columns);
  // Flatter than that: many columns are in all of the most popular rows.
  CHECK(columns[0] > 20 * columns[999]);
  CHECK(columns[99] > 4 * columns[999]);
}

TEST_CASE("without an exponent all rows and columns are alike") {
  const GeneratedMatrix matrix = make(1000, 400, 100000, 0);
  const std::vector<Cell> cells = cells_of(matrix);
  const std::vector<double> rows = sorted_counts(cells, &Cell::row, 1000);
  CHECK(rows.front() == 100);
  CHECK(rows.back() == 100);
  const std::vector<double> columns = sorted_counts(cells, &Cell::column, 400);
  CHECK(columns.front() < 320);
  CHECK(columns.back() > 180);
}

TEST_CASE("shares are a permutation of a power law, cut off at the limit, with the sum asked for") {
  for (const double exponent : {0.0, 0.5, 1.1, 3.0}) {
    const PowerShares shares(1000, exponent, 400, 1, 7);
    std::vector<double> values;
    for (std::uint64_t i = 0; i < 1000; ++i) values.push_back(shares(i));
    CHECK(std::accumulate(values.begin(), values.end(), 0.0) == Approx(400));
    CHECK(*std::max_element(values.begin(), values.end()) <= 1);
    std::sort(values.rbegin(), values.rend());
    CHECK(values[799] / values[899] == Approx(std::pow(900.0 / 800, exponent)));
  }
}

TEST_CASE("a matrix follows from its seed") {
  GeneratedMatrix matrix = make(100, 50, 1000, 1);
  const std::vector<Cell> cells = cells_of(matrix);
  CHECK(cells == cells_of(matrix));
  matrix.seed = 2;
  CHECK(cells != cells_of(matrix));
}

}  // namespace adapm::mf
