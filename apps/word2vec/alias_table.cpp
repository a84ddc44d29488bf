#include "word2vec/alias_table.hpp"

#include <numeric>

namespace adapm::word2vec {

AliasTable::AliasTable(std::span<const double> weights) : columns_(weights.size()) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double mean = sum / static_cast<double>(weights.size());
  std::vector<double> left(weights.size());  // of each weight, in units of the mean
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    left[i] = weights[i] / mean;
    (left[i] < 1 ? small : large).push_back(i);
    columns_[i] = {0xffffffffU, i};
  }
  // A column that is not full is filled up from an item that has more than its own column holds.
  while (!small.empty() && !large.empty()) {
    const std::uint32_t filled = small.back();
    const std::uint32_t giver = large.back();
    small.pop_back();
    columns_[filled] = {static_cast<std::uint32_t>(left[filled] * 0x1p32), giver};
    left[giver] -= 1 - left[filled];
    if (left[giver] >= 1) continue;
    large.pop_back();
    small.push_back(giver);
  }
}

}  // namespace adapm::word2vec
