#include "kge/adagrad.hpp"

#include <cmath>

#include "kge/kernels.hpp"
#include "common/multiversion.hpp"

namespace adapm::kge {

namespace {

[[gnu::always_inline]] inline void update_weights(float learning_rate, const float* __restrict sums,
                                                  const float* __restrict gradient, std::size_t n,
                                                  float* __restrict weight_update,
                                                  float* __restrict sum_update) {
  for (std::size_t i = 0; i < n; ++i) {
    const float square = gradient[i] * gradient[i];
    weight_update[i] = -learning_rate * gradient[i] / std::sqrt(sums[i] + square);
    sum_update[i] = square;
  }
}

}  // namespace

ADAPM_MULTIVERSION
void adagrad_update(float learning_rate, const float* value, const float* gradient, std::size_t n,
                    float* update) {
  update_weights(learning_rate, value + n, gradient, n, update, update + n);
}

ADAPM_MULTIVERSION
double add_l2(float l2, const float* weights, std::size_t n, float* gradient) {
  kernels::add_scaled(l2, weights, gradient, n);
  return 0.5 * static_cast<double>(l2) * static_cast<double>(kernels::dot(weights, weights, n));
}

}  // namespace adapm::kge
