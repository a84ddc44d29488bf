// The words of a matrix and its factorisation W H': cells, and where the factors of rows and columns have
// their keys.
#pragma once

#include <cstddef>
#include <cstdint>

#include "adapm/sampling.hpp"
#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"

namespace adapm::mf {

using Index = std::uint32_t;

/// An observed cell; indices are 0-based.
struct Cell {
  Index row = 0;
  Index column = 0;
  float value = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
};

/// The sizes of a model and its place in the store: row i is key i, column j is key rows + j. A key's value
/// is its weights and then AdaGrad's sums of squared gradients, one per weight: [w..., a...].
struct Shape {
  Index rows = 0;
  Index columns = 0;
  std::size_t rank = 0;  ///< weights per row and per column

  [[nodiscard]] Key row_key(Index row) const { return row; }
  [[nodiscard]] Key column_key(Index column) const { return Key{rows} + column; }
  [[nodiscard]] KeyRange row_keys(Index first, Index last) const { return {row_key(first), row_key(last)}; }
  [[nodiscard]] KeyRange column_keys(Index first, Index last) const {
    return {column_key(first), column_key(last)};
  }
  [[nodiscard]] Key num_keys() const { return Key{rows} + columns; }
  [[nodiscard]] std::size_t value_length() const { return 2 * rank; }
  [[nodiscard]] ValueLayout layout() const { return ValueLayout::uniform(num_keys(), value_length()); }
  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace adapm::mf
