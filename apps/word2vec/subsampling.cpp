#include "word2vec/subsampling.hpp"

#include <algorithm>
#include <cmath>

namespace adapm::word2vec {

Subsampling::Subsampling(const Vocabulary& vocabulary, double threshold)
    : probability_(vocabulary.size(), 1.0) {
  if (threshold <= 0) return;
  const double allowed = threshold * static_cast<double>(vocabulary.total_count());
  for (std::size_t i = 0; i < probability_.size(); ++i) {
    const auto count = static_cast<double>(vocabulary.count(static_cast<WordId>(i)));
    if (count > allowed) probability_[i] = std::sqrt(allowed / count);
  }
}

}  // namespace adapm::word2vec
