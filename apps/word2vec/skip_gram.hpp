// The maths of skip-gram with negative sampling: stochastic gradient descent, pair by pair, on a copy of the
// vectors that a batch needs.
//
// A pair's input vector v and an output vector u have the score v . u; the logistic loss wants it high for
// the centre and low for negatives. With gradient g, an output vector takes its step at once, the input
// vector when the pair is done, with the sum of its gradients:
//
//   AdaGrad   a += g^2, w -= rate g / sqrt(a)      SGD   w -= rate g
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "word2vec/batch.hpp"
#include "word2vec/shape.hpp"
#include "word2vec/work.hpp"

namespace adapm::word2vec {

/// An object belongs to one thread: it has scratch memory.
class SkipGram {
 public:
  explicit SkipGram(const Shape& shape) : shape_(shape), gradient_(shape.dim) {}

  /// Trains the batch's steps one after the other. `values` has a row of the shape's value length for each
  /// key; rows that no step names stay as they are. The loss is that before each pair's update.
  Loss train(const Batch& batch, float learning_rate, std::span<float> values);

 private:
  const Shape shape_;
  std::vector<float> gradient_;
};

/// Sets values[i] - before[i] in `before`: what to push for what was pulled.
void subtract_from(std::span<const float> values, std::span<float> before);

}  // namespace adapm::word2vec
