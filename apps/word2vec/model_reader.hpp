// Reads a range of the model out of the store, a bounded number of bytes at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "adapm/worker.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

/// Pulls the values of the words [first, last), both of a word or the input's alone, and calls
/// `take(word, values)` for each, in order: the input's value, then the output's; valid in the call only.
/// Blocks  yes.
template <class Take>
void pull_words(Worker<float>& worker, const Shape& shape, std::size_t first, std::size_t last,
                bool inputs_only, Take take) {
  constexpr std::size_t max_floats = std::size_t{1} << 18;
  const std::size_t length = shape.value_length() * (inputs_only ? 1 : 2);
  const std::size_t chunk = std::max<std::size_t>(max_floats / length, 1);
  std::vector<Key> keys;
  std::vector<float> values;
  for (std::size_t begin = first; begin < last; begin += chunk) {
    const std::size_t end = std::min(begin + chunk, last);
    keys.clear();
    for (std::size_t i = begin; i < end; ++i) {
      keys.push_back(input_key(static_cast<WordId>(i)));
      if (!inputs_only) keys.push_back(output_key(static_cast<WordId>(i)));
    }
    values.resize((end - begin) * length);
    worker.wait(worker.pull(keys, values));
    for (std::size_t i = begin; i < end; ++i) {
      take(static_cast<WordId>(i), std::span<const float>(values).subspan((i - begin) * length, length));
    }
  }
}

}  // namespace adapm::word2vec
