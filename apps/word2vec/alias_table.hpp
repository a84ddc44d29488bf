// Draws from a discrete distribution in constant time (Walker's alias method).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/random.hpp"

namespace adapm::word2vec {

/// Immutable after construction; any thread may draw.
class AliasTable {
 public:
  /// Item i is drawn with a probability proportional to weights[i]. Requires at least one weight, none
  /// negative, not all 0, fewer than 2^32.
  explicit AliasTable(std::span<const double> weights);

  [[nodiscard]] std::uint32_t draw(apps::Random& random) const {
    const std::uint64_t bits = random();
    const auto place = static_cast<std::size_t>(((bits >> 32) * columns_.size()) >> 32);
    const Column& column = columns_[place];
    return static_cast<std::uint32_t>(bits) < column.threshold ? static_cast<std::uint32_t>(place)
                                                               : column.other;
  }

 private:
  /// Item i is drawn from column i with probability threshold / 2^32, `other` otherwise.
  struct Column {
    std::uint32_t threshold;
    std::uint32_t other;
  };
  std::vector<Column> columns_;
};

}  // namespace adapm::word2vec
