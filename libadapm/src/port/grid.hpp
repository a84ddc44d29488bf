// Ranks in rows and columns, so that each reaches any other by way of at most one, and has messages with about two
// square roots of their number only. Rows are of consecutive ranks: the first of two steps often stays on the host.
#pragma once

#include <cmath>
#include <vector>

#include "base/assert.hpp"

namespace adapm::port {

/// Rows are equally long, or the first ones longer by one. What is missing in the last column a member of the row
/// stands in for, so every row has a rank in every column.
class Grid {
 public:
  explicit Grid(int size)
      : rows_(static_cast<int>(std::lround(std::sqrt(static_cast<double>(size))))),
        short_row_(size / rows_),
        long_rows_(size % rows_),
        columns_(short_row_ + (long_rows_ > 0 ? 1 : 0)) {
    ADAPM_ASSERT(size > 0 && at(rows_ - 1, row_length(rows_ - 1) - 1) == size - 1);
  }

  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int row_of(int rank) const {
    const int in_long_rows = long_rows_ * (short_row_ + 1);
    return rank < in_long_rows ? rank / (short_row_ + 1) : long_rows_ + (rank - in_long_rows) / short_row_;
  }
  [[nodiscard]] int column_of(int rank) const { return rank - begin_of(row_of(rank)); }
  [[nodiscard]] int at(int row, int column) const {
    const int length = row_length(row);
    return begin_of(row) + (column < length ? column : row % length);
  }

  /// The rank in `from`'s row that what it has for `to` goes to first: `to` itself, if it is of that row, or the one
  /// that has `to` in its column, which may be `from`.
  [[nodiscard]] int relay(int from, int to) const {
    return row_of(from) == row_of(to) ? to : at(row_of(from), column_of(to));
  }

  /// The others of the rank's row.
  [[nodiscard]] std::vector<int> row_peers(int rank) const {
    std::vector<int> peers;
    for (int column = 0; column < row_length(row_of(rank)); ++column)
      if (column != column_of(rank)) peers.push_back(at(row_of(rank), column));
    return peers;
  }
  /// The others in the rank's column, and in the last one if it stands in there. Each has it among its own.
  [[nodiscard]] std::vector<int> column_peers(int rank) const {
    const int row = row_of(rank);
    const bool stands_in = row_length(row) < columns_ && at(row, columns_ - 1) == rank;
    std::vector<int> peers;
    for (int other = 0; other < rows_; ++other) {
      if (other == row) continue;
      const int peer = at(other, column_of(rank));
      peers.push_back(peer);
      if (stands_in && at(other, columns_ - 1) != peer) peers.push_back(at(other, columns_ - 1));
    }
    return peers;
  }

 private:
  [[nodiscard]] int row_length(int row) const { return row < long_rows_ ? short_row_ + 1 : short_row_; }
  [[nodiscard]] int begin_of(int row) const { return row * short_row_ + (row < long_rows_ ? row : long_rows_); }

  int rows_;
  int short_row_;
  int long_rows_;
  int columns_;
};

}  // namespace adapm::port
