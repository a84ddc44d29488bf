// Keys as benchmarks draw them: uniform, or by Zipf's law with key 0 the most frequent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "adapm/types.hpp"
#include "common/random.hpp"

namespace adapm::bench {

/// P(key) proportional to 1 / (key + 1)^exponent, in constant memory: rejection-inversion (Hörmann and Derflinger 1996).
class ZipfLaw {
 public:
  /// exponent > 0
  ZipfLaw(std::uint64_t num_keys, double exponent)
      : num_keys_(static_cast<double>(num_keys)),
        exponent_(exponent),
        first_(integral(1.5) - 1),
        last_(integral(num_keys_ + 0.5)),
        accepted_at_once_(2 - inverse(integral(2.5) - density(2))) {}

  Key operator()(apps::Random& random) const {
    for (;;) {
      const double area = last_ + random.uniform() * (first_ - last_);
      const double x = inverse(area);
      const double rank = std::clamp(std::round(x), 1.0, num_keys_);
      if (rank - x <= accepted_at_once_ || area >= integral(rank + 0.5) - density(rank)) return static_cast<Key>(rank) - 1;
    }
  }

 private:
  [[nodiscard]] double density(double x) const { return std::exp(-exponent_ * std::log(x)); }
  /// Of the density, up to a constant.
  [[nodiscard]] double integral(double x) const {
    const double log = std::log(x);
    const double y = (1 - exponent_) * log;
    return std::fabs(y) < 1e-8 ? log * (1 + y / 2) : log * std::expm1(y) / y;
  }
  [[nodiscard]] double inverse(double area) const {
    const double y = std::max(-1.0, area * (1 - exponent_));
    return std::exp(std::fabs(y) < 1e-8 ? area * (1 - y / 2) : area * std::log1p(y) / y);
  }

  double num_keys_;
  double exponent_;
  double first_;
  double last_;
  double accepted_at_once_;
};

/// One worker's keys; everything follows from seed and worker.
class KeyStream {
 public:
  /// exponent 0: uniform.
  KeyStream(std::uint64_t num_keys, double exponent, std::uint64_t seed, std::uint64_t worker)
      : num_keys_(num_keys), uniform_(exponent == 0), zipf_(num_keys, uniform_ ? 1 : exponent), random_({seed, worker}) {}

  void next(std::span<Key> keys) {
    for (Key& key : keys) key = uniform_ ? random_.below(static_cast<std::uint32_t>(num_keys_)) : zipf_(random_);
  }

 private:
  std::uint64_t num_keys_;
  bool uniform_;
  ZipfLaw zipf_;
  apps::Random random_;
};

}  // namespace adapm::bench
