// The logistic loss (binary cross-entropy) and its derivative. Always inlined, so that it is compiled for the
// instruction set of the ADAPM_MULTIVERSION function that uses it.
#pragma once

#include <cmath>

namespace adapm::apps {

/// Sums losses log(1 + exp(-y score)), y = 1 or -1. The logarithms are taken of products: one for many
/// triples.
class LogisticLoss {
 public:
  /// Adds a triple's loss; returns its derivative by the score.
  [[gnu::always_inline]] float add(float score, bool positive) {
    const float small = std::exp(-std::fabs(score));  // at most 1: no overflow
    product_ *= 1 + static_cast<double>(small);       // at most 2
    if (product_ > 1e300) flush();
    if ((score < 0) == positive) linear_ += static_cast<double>(std::fabs(score));
    const float sigmoid = (score >= 0 ? 1 : small) / (1 + small);
    return positive ? sigmoid - 1 : sigmoid;
  }

  [[nodiscard]] double sum() const { return linear_ + std::log(product_); }

 private:
  void flush() {
    linear_ += std::log(product_);
    product_ = 1;
  }

  double linear_ = 0;
  double product_ = 1;
};

}  // namespace adapm::apps
