#include "word2vec/skip_gram.hpp"

#include <algorithm>
#include <cmath>

#include "common/logistic_loss.hpp"
#include "common/multiversion.hpp"

namespace adapm::word2vec {

namespace {

[[gnu::always_inline]] inline float dot(const float* __restrict a, const float* __restrict b, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// AdaGrad; a row is n weights, then n sums of squares.
struct AdaGradStep {
  static constexpr std::size_t rows_per_value = 2;
  const float rate;

  /// The score's derivative times the other vector is the gradient. Adds `output`'s to `input_gradient`.
  [[gnu::always_inline]] void update_output(float derivative, const float* __restrict input,
                                            float* output_row, float* __restrict input_gradient,
                                            std::size_t n) const {
    float* __restrict const output = output_row;
    float* __restrict const sums = output_row + n;
    for (std::size_t i = 0; i < n; ++i) {
      const float gradient = derivative * input[i];
      const float sum = sums[i] + gradient * gradient;
      input_gradient[i] += derivative * output[i];
      sums[i] = sum;
      output[i] -= rate * gradient / std::sqrt(sum);
    }
  }

  [[gnu::always_inline]] void update_input(const float* __restrict gradient, float* input_row,
                                           std::size_t n) const {
    float* __restrict const input = input_row;
    float* __restrict const sums = input_row + n;
    for (std::size_t i = 0; i < n; ++i) {
      const float sum = sums[i] + gradient[i] * gradient[i];
      sums[i] = sum;
      input[i] -= rate * gradient[i] / std::sqrt(sum);
    }
  }
};

struct SgdStep {
  static constexpr std::size_t rows_per_value = 1;
  const float rate;

  [[gnu::always_inline]] void update_output(float derivative, const float* __restrict input,
                                            float* __restrict output, float* __restrict input_gradient,
                                            std::size_t n) const {
    const float step = rate * derivative;
    for (std::size_t i = 0; i < n; ++i) {
      input_gradient[i] += derivative * output[i];
      output[i] -= step * input[i];
    }
  }

  [[gnu::always_inline]] void update_input(const float* __restrict gradient, float* __restrict input,
                                           std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i) input[i] -= rate * gradient[i];
  }
};

template <class Optimiser>
[[gnu::always_inline]] inline Loss train_steps(const Batch& batch, Optimiser optimiser, std::size_t dim,
                                               float* values, float* gradient) {
  const std::size_t length = Optimiser::rows_per_value * dim;
  const std::uint32_t* rows = batch.rows.data();
  apps::LogisticLoss loss;
  std::size_t examples = 0;
  for (const Step step : batch.steps) {
    const std::uint32_t* const outputs = rows + step.inputs;
    for (std::size_t i = 0; i < step.inputs; ++i) {
      float* const input = values + rows[i] * length;
      std::fill(gradient, gradient + dim, 0.0F);
      for (std::size_t j = 0; j < step.outputs; ++j) {
        float* const output = values + outputs[j] * length;
        const float derivative = loss.add(dot(input, output, dim), j == 0);
        optimiser.update_output(derivative, input, output, gradient, dim);
      }
      optimiser.update_input(gradient, input, dim);
    }
    examples += std::size_t{step.inputs} * step.outputs;
    rows = outputs + step.outputs;
  }
  return {loss.sum(), static_cast<double>(examples)};
}

ADAPM_MULTIVERSION
Loss train_adagrad(const Batch& batch, float rate, std::size_t dim, float* values, float* gradient) {
  return train_steps(batch, AdaGradStep{rate}, dim, values, gradient);
}

ADAPM_MULTIVERSION
Loss train_sgd(const Batch& batch, float rate, std::size_t dim, float* values, float* gradient) {
  return train_steps(batch, SgdStep{rate}, dim, values, gradient);
}

ADAPM_MULTIVERSION
void subtract(const float* __restrict values, float* __restrict before, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) before[i] = values[i] - before[i];
}

}  // namespace

Loss SkipGram::train(const Batch& batch, float learning_rate, std::span<float> values) {
  const auto train = shape_.optimizer == Optimizer::adagrad ? train_adagrad : train_sgd;
  return train(batch, learning_rate, shape_.dim, values.data(), gradient_.data());
}

void subtract_from(std::span<const float> values, std::span<float> before) {
  subtract(values.data(), before.data(), before.size());
}

}  // namespace adapm::word2vec
