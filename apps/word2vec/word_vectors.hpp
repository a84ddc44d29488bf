// Input vectors of the most frequent words, each of length 1, for evaluation.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "word2vec/shape.hpp"

namespace adapm::word2vec {

/// Different threads may set different words; any may read what is set.
class WordVectors {
 public:
  WordVectors(std::size_t words, std::size_t dim) : words_(words), dim_(dim), weights_(words * dim) {}

  [[nodiscard]] std::size_t size() const { return words_; }
  [[nodiscard]] std::size_t dim() const { return dim_; }

  /// Sets the word's vector to `weights`, brought to length 1; 0 stays 0.
  void set(WordId word, std::span<const float> weights);
  [[nodiscard]] std::span<const float> get(WordId word) const {
    return {weights_.data() + std::size_t{word} * dim_, dim_};
  }
  [[nodiscard]] double cosine(WordId a, WordId b) const;

 private:
  std::size_t words_;
  std::size_t dim_;
  std::vector<float> weights_;
};

}  // namespace adapm::word2vec
