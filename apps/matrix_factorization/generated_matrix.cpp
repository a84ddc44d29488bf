#include "matrix_factorization/generated_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace adapm::mf {

namespace {

enum Stream : std::uint64_t { row_places = 1, column_places, factors, cell_choice, noise };

/// A number without common factor with n, near n times the golden ratio: multiples of it modulo n lie far
/// apart.
std::uint64_t spreading_factor(std::uint64_t n) {
  auto factor = static_cast<std::uint64_t>(static_cast<double>(n) * 0.6180339887498949) | 1;
  while (std::gcd(factor, n) != 1) factor += 2;
  return factor % n == 0 ? 1 : factor % n;
}

}  // namespace

PowerShares::PowerShares(std::uint64_t indices, double exponent, double total, double limit,
                         std::uint64_t seed)
    : indices_(indices), exponent_(exponent), limit_(limit), factor_(spreading_factor(indices)) {
  apps::Random random({seed, indices});
  shift_ = random() % indices;
  double rest = 0;  // popularity of those that are not full
  for (std::uint64_t place = 0; place < indices; ++place) rest += popularity(place);
  scale_ = total / rest;
  // The most popular are full; each of them leaves less for the others to share.
  while (full_ < indices && scale_ * popularity(full_) > limit) {
    rest -= popularity(full_++);
    total -= limit;
    scale_ = rest > 0 ? std::max(total, 0.0) / rest : 0;
  }
}

double PowerShares::popularity(std::uint64_t place) const {
  return exponent_ == 0 ? 1 : std::pow(static_cast<double>(place + 1), -exponent_);
}

double PowerShares::operator()(std::uint64_t index) const {
  const std::uint64_t place = (index * factor_ + shift_) % indices_;  // fits: both factors are below 2^32
  return place < full_ ? limit_ : scale_ * popularity(place);
}

ColumnChooser::ColumnChooser(const GeneratedMatrix& matrix) : matrix_(matrix), chosen_(matrix.shape.columns) {
  const auto columns = static_cast<double>(matrix.shape.columns);
  const PowerShares shares(matrix.shape.columns, matrix.zipf, 1, columns, matrix.seed + column_places);
  double sum = 0;
  for (Index j = 0; j < matrix.shape.columns; ++j) cumulative_.push_back(sum += shares(j));
}

void ColumnChooser::choose(std::uint64_t count, apps::Random& random, std::vector<Index>& columns) {
  constexpr std::uint64_t few = 16;  // where drawing again what was drawn already costs little
  columns.clear();
  if (count * few <= matrix_.shape.columns) {
    choose_few(count, random, columns);
  } else {
    choose_many(count, random, columns);
  }
}

/// Draws one after the other, again if it was drawn already.
void ColumnChooser::choose_few(std::uint64_t count, apps::Random& random, std::vector<Index>& columns) {
  ++call_;
  while (columns.size() < count) {
    const auto drawn =
        std::lower_bound(cumulative_.begin(), cumulative_.end() - 1, random.uniform() * cumulative_.back());
    const auto column = static_cast<std::size_t>(drawn - cumulative_.begin());
    if (chosen_[column] == call_) continue;
    chosen_[column] = call_;
    columns.push_back(static_cast<Index>(column));
  }
  std::sort(columns.begin(), columns.end());
}

/// Systematic sampling: a column's share, at most 1, is its probability.
void ColumnChooser::choose_many(std::uint64_t count, apps::Random& random, std::vector<Index>& columns) {
  const PowerShares shares(matrix_.shape.columns, matrix_.zipf, static_cast<double>(count), 1,
                           matrix_.seed + column_places);
  double sum = random.uniform();
  for (Index j = 0; j < matrix_.shape.columns; ++j) {
    const double before = std::floor(sum);
    sum += shares(j);
    if (std::floor(sum) > before && columns.size() < count) columns.push_back(j);
  }
  // Rounding may lose the last one.
  for (Index j = matrix_.shape.columns; columns.size() < count && j-- > 0;) {
    if (!std::binary_search(columns.begin(), columns.end(), j)) {
      columns.insert(std::lower_bound(columns.begin(), columns.end(), j), j);
    }
  }
}

void generated_factor(const GeneratedMatrix& matrix, Key key, std::span<float> weights) {
  apps::Random random({matrix.seed, factors, key});
  const double deviation = 1 / std::sqrt(std::sqrt(static_cast<double>(matrix.shape.rank)));
  for (float& weight : weights) weight = static_cast<float>(deviation * random.normal());
}

void generate_cells(const GeneratedMatrix& matrix, const std::function<void(const Cell&)>& take) {
  const Shape& shape = matrix.shape;
  const std::size_t rank = shape.rank;
  std::vector<float> columns(shape.columns * rank);
  for (Index j = 0; j < shape.columns; ++j) {
    generated_factor(matrix, shape.column_key(j), std::span(columns).subspan(j * rank, rank));
  }
  const PowerShares cells_of_row(shape.rows, matrix.zipf, static_cast<double>(matrix.cells), shape.columns,
                                 matrix.seed + row_places);
  ColumnChooser chooser(matrix);
  apps::Random choice({matrix.seed, cell_choice});
  apps::Random noises({matrix.seed, noise});
  std::vector<float> row(rank);
  std::vector<Index> chosen;
  double wanted = 0;       // cells up to this row
  std::uint64_t made = 0;  // cells so far
  for (Index i = 0; i < shape.rows; ++i) {
    wanted += cells_of_row(i);
    const std::uint64_t until =
        i + 1 == shape.rows ? matrix.cells : static_cast<std::uint64_t>(std::llround(wanted));
    // Rounding may leave a cell too many for the last row.
    const std::uint64_t count = std::min<std::uint64_t>(std::max(until, made) - made, shape.columns);
    chooser.choose(count, choice, chosen);
    generated_factor(matrix, shape.row_key(i), row);
    for (const Index j : chosen) {
      const double product = std::inner_product(row.begin(), row.end(), &columns[j * rank], 0.0);
      take({i, j, static_cast<float>(product + matrix.noise * noises.normal())});
    }
    made += count;
  }
}

}  // namespace adapm::mf
