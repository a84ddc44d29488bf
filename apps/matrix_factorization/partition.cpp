#include "matrix_factorization/partition.hpp"

#include <algorithm>
#include <numeric>

namespace adapm::mf {

std::vector<Index> balanced_boundaries(std::span<const std::uint32_t> cells, std::size_t parts) {
  const double total = std::accumulate(cells.begin(), cells.end(), static_cast<double>(cells.size()));
  std::vector<Index> boundaries{0};
  double before = 0;  // work of the indices below i
  std::size_t i = 0;
  for (std::size_t part = 1; part < parts; ++part) {
    const double wanted = total * static_cast<double>(part) / static_cast<double>(parts);
    // An index goes to the side on which more than half of it lies.
    while (i < cells.size() && before + 0.5 * (1.0 + cells[i]) <= wanted) before += 1.0 + cells[i++];
    boundaries.push_back(static_cast<Index>(i));
  }
  boundaries.push_back(static_cast<Index>(cells.size()));
  return boundaries;
}

std::size_t part_of(const std::vector<Index>& boundaries, Index index) {
  // Of several parts that begin here the last one is not empty.
  const auto after = std::upper_bound(boundaries.begin(), boundaries.end(), index);
  return static_cast<std::size_t>(after - boundaries.begin()) - 1;
}

}  // namespace adapm::mf
