// How rows and columns are cut into contiguous parts of about equal work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

/// Cuts [0, cells.size()) into `parts`, part p being [result[p], result[p + 1]), such that parts have about
/// equally many cells, given the cells of each index; an index without cells counts a little too.
std::vector<Index> balanced_boundaries(std::span<const std::uint32_t> cells, std::size_t parts);

/// The part in which an index below boundaries.back() lies.
std::size_t part_of(const std::vector<Index>& boundaries, Index index);

}  // namespace adapm::mf
