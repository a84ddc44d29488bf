// The model before training. A key's initial value follows from the seed and the word alone, so that a run
// begins with the same model however many ranks and threads there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "word2vec/model_file.hpp"
#include "word2vec/shape.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

class InitialValues {
 public:
  /// Input weights uniform in [-0.5, 0.5) / dim, output weights 0; AdaGrad's sums start at `sum`, above 0.
  /// Words of `trained`, which may be null and else must outlive this object, have the vectors that it holds.
  InitialValues(const Shape& shape, const Vocabulary& vocabulary, std::uint64_t seed, float sum,
                const TrainedModel* trained);

  /// Sets `value` to the key's. Any thread.
  void get(Key key, std::span<float> value) const;

  /// Words that the trained model has.
  [[nodiscard]] std::size_t trained_words() const { return trained_words_; }

 private:
  const Shape shape_;
  const std::uint64_t seed_;
  const float sum_;
  const TrainedModel* const trained_;
  std::vector<std::optional<std::size_t>> rows_;  // of the trained model, by word; empty without one
  std::size_t trained_words_ = 0;
};

}  // namespace adapm::word2vec
