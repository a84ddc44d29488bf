// What a word2vec model looks like in the store.
//
// Word w of V has two vectors: the input vector (key w), which is what one is after, and the output vector (key
// V + w), with which it is predicted. A value is the weights and, with AdaGrad, the sums of squared gradients
// behind them.
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

  [[nodiscard]] Key input_key(WordId word) const { return word; }
  [[nodiscard]] Key output_key(WordId word) const { return Key{words} + word; }
  [[nodiscard]] bool is_input_key(Key key) const { return key < words; }
  [[nodiscard]] WordId word_of(Key key) const {
    return static_cast<WordId>(is_input_key(key) ? key : key - words);
  }
};

}  // namespace adapm::word2vec
