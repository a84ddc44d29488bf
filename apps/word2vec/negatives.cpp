#include "word2vec/negatives.hpp"

#include <cmath>
#include <vector>

namespace adapm::word2vec {

std::shared_ptr<const Distribution> negative_distribution(const Vocabulary& vocabulary, const Shape& shape) {
  std::vector<double> weights(vocabulary.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = std::pow(static_cast<double>(vocabulary.count(static_cast<WordId>(i))), 0.75);
  return std::make_shared<AliasDistribution>(weights, shape.output_key(0));
}

}  // namespace adapm::word2vec
