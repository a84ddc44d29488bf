// The arithmetic that the models are made of. Always inlined, so that it is compiled for the instruction set
// of the ADAPM_MULTIVERSION function that calls it. Arrays of one call do not overlap unless a comment says
// so.
//
// A complex vector of n/2 components is n floats: the real parts, then the imaginary parts. conj(x) is x's
// conjugate.
#pragma once

#include <cstddef>

namespace adapm::kge::kernels {

[[gnu::always_inline]] inline float dot(const float* __restrict a, const float* __restrict b, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// y = c x
[[gnu::always_inline]] inline void scale(float c, const float* __restrict x, float* __restrict y,
                                         std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = c * x[i];
}

/// y += c x
[[gnu::always_inline]] inline void add_scaled(float c, const float* __restrict x, float* __restrict y,
                                              std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += c * x[i];
}

/// y = a b
[[gnu::always_inline]] inline void multiply(const float* __restrict a, const float* __restrict b,
                                            float* __restrict y, std::size_t n) {
  const std::size_t h = n / 2;
  for (std::size_t i = 0; i < h; ++i) {
    y[i] = a[i] * b[i] - a[h + i] * b[h + i];
    y[h + i] = a[i] * b[h + i] + a[h + i] * b[i];
  }
}

/// y = conj(a) b
[[gnu::always_inline]] inline void multiply_conjugate(const float* __restrict a, const float* __restrict b,
                                                      float* __restrict y, std::size_t n) {
  const std::size_t h = n / 2;
  for (std::size_t i = 0; i < h; ++i) {
    y[i] = a[i] * b[i] + a[h + i] * b[h + i];
    y[h + i] = a[i] * b[h + i] - a[h + i] * b[i];
  }
}

/// y += a b
[[gnu::always_inline]] inline void add_product(const float* __restrict a, const float* __restrict b,
                                               float* __restrict y, std::size_t n) {
  const std::size_t h = n / 2;
  for (std::size_t i = 0; i < h; ++i) {
    y[i] += a[i] * b[i] - a[h + i] * b[h + i];
    y[h + i] += a[i] * b[h + i] + a[h + i] * b[i];
  }
}

/// y += conj(a) b
[[gnu::always_inline]] inline void add_product_conjugate(const float* __restrict a, const float* __restrict b,
                                                         float* __restrict y, std::size_t n) {
  const std::size_t h = n / 2;
  for (std::size_t i = 0; i < h; ++i) {
    y[i] += a[i] * b[i] + a[h + i] * b[h + i];
    y[h + i] += a[i] * b[h + i] - a[h + i] * b[i];
  }
}

}  // namespace adapm::kge::kernels
