// Reads words' values out of the store, a bounded number of bytes at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/pull_range.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

/// Pulls the values of the words [first, last), both of a word or the input's alone, and calls
/// `take(word, values)` for each, in order: the input's value, then the output's; valid in the call only.
/// Blocks  yes.
template <class Take>
void pull_words(Worker<float>& worker, const Shape& shape, std::size_t first, std::size_t last,
                bool inputs_only, Take take) {
  const std::size_t length = shape.value_length() * (inputs_only ? 1 : 2);
  std::vector<Key> keys;
  std::vector<float> values;
  apps::for_each_portion({first, last}, length, [&](KeySpan words) {
    keys.clear();
    for (const Key word : words) {
      keys.push_back(shape.input_key(static_cast<WordId>(word)));
      if (!inputs_only) keys.push_back(shape.output_key(static_cast<WordId>(word)));
    }
    values.resize(words.size() * length);
    worker.wait(worker.pull(keys, values));
    for (std::size_t i = 0; i < words.size(); ++i) {
      take(static_cast<WordId>(words[i]), std::span<const float>(values).subspan(i * length, length));
    }
  });
}

}  // namespace adapm::word2vec
