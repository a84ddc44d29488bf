#include "word2vec/negatives.hpp"

#include <cmath>

namespace adapm::word2vec {

AliasTable negative_distribution(const Vocabulary& vocabulary) {
  std::vector<double> weights(vocabulary.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::pow(static_cast<double>(vocabulary.count(static_cast<WordId>(i))), 0.75);
  }
  return AliasTable(weights);
}

std::span<const WordId> Negatives::prepare(std::size_t count) {
  last_.resize(count);
  for (WordId& word : last_) word = distribution_.draw(random_);
  drawn_.insert(drawn_.end(), last_.begin(), last_.end());
  return last_;
}

std::span<const WordId> Negatives::take(std::size_t count) {
  const auto end = drawn_.begin() + static_cast<std::ptrdiff_t>(count);
  last_.assign(drawn_.begin(), end);
  drawn_.erase(drawn_.begin(), end);
  return last_;
}

}  // namespace adapm::word2vec
