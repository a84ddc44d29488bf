#include "word2vec/word_vectors.hpp"

#include <cmath>
#include <numeric>

namespace adapm::word2vec {

void WordVectors::set(WordId word, std::span<const float> weights) {
  const double square = std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
  const double factor = square > 0 ? 1 / std::sqrt(square) : 0;
  float* const row = weights_.data() + std::size_t{word} * dim_;
  for (std::size_t i = 0; i < dim_; ++i)
    row[i] = static_cast<float>(factor * static_cast<double>(weights[i]));
}

double WordVectors::cosine(WordId a, WordId b) const {
  const auto first = get(a);
  const auto second = get(b);
  return std::inner_product(first.begin(), first.end(), second.begin(), 0.0);
}

}  // namespace adapm::word2vec
