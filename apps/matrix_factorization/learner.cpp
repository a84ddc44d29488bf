#include "matrix_factorization/learner.hpp"

namespace adapm::mf {

std::vector<float> regularisers(float lambda, std::span<const std::uint32_t> cells) {
  std::vector<float> result;
  result.reserve(cells.size());
  for (const std::uint32_t count : cells)
    result.push_back(count == 0 ? 0 : lambda / static_cast<float>(count));
  return result;
}

}  // namespace adapm::mf
