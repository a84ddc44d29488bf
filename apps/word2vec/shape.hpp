// What a word2vec model looks like in the store.
//
// Word w has two vectors: the input vector (key 2w), which is what one is after, and the output vector (key
// 2w + 1), with which it is predicted. A value is the weights and, with AdaGrad, the sums of squared
// gradients behind them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"

namespace adapm::word2vec {

/// Words are numbered from 0, the most frequent first.
using WordId = std::uint32_t;

enum class Optimizer { adagrad, sgd };

struct Shape {
  std::size_t words = 0;
  std::size_t dim = 0;
  Optimizer optimizer = Optimizer::adagrad;

  [[nodiscard]] std::size_t value_length() const { return optimizer == Optimizer::adagrad ? 2 * dim : dim; }
  [[nodiscard]] Key num_keys() const { return 2 * static_cast<Key>(words); }
  [[nodiscard]] ValueLayout layout() const { return ValueLayout::uniform(num_keys(), value_length()); }
};

[[nodiscard]] constexpr Key input_key(WordId word) { return 2 * Key{word}; }
[[nodiscard]] constexpr Key output_key(WordId word) { return 2 * Key{word} + 1; }
[[nodiscard]] constexpr bool is_input_key(Key key) { return key % 2 == 0; }
[[nodiscard]] constexpr WordId word_of(Key key) { return static_cast<WordId>(key / 2); }

}  // namespace adapm::word2vec
