// The optimiser. Its state lies in the value beside the weights, so that a push that adds is all it needs:
// with weight w, sum of squared gradients a and gradient g, the update is
//
//   w += -eta g / sqrt(a + g^2)      a += g^2
//
// A point's gradients are summed for each of its vectors, and each vector takes one step. If an entity is
// several vectors of a point (an unlucky negative), each takes its step from the value that was pulled, and
// the steps add up.
#pragma once

#include <cstddef>

namespace adapm::kge {

/// `value` is [w..., a...] of n weights; `update` likewise. They do not overlap.
void adagrad_update(float learning_rate, const float* value, const float* gradient, std::size_t n,
                    float* update);

/// Adds the gradient of the penalty l2 / 2 |w|^2. Returns the penalty.
double add_l2(float l2, const float* weights, std::size_t n, float* gradient);

}  // namespace adapm::kge
