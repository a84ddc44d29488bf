// Keys as benchmarks draw them: uniform, or by Zipf's law with key 0 the most frequent; a share of them from a part of
// the keys that one rank has to itself.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "adapm/sampling.hpp"
#include "adapm/types.hpp"
#include "common/team.hpp"

namespace adapm::bench {

/// P(key) proportional to 1 / (key + 1)^exponent, in constant memory: rejection-inversion (Hörmann and Derflinger
/// 1996).
class ZipfLaw {
 public:
  /// exponent > 0
  ZipfLaw(std::uint64_t num_keys, double exponent)
      : num_keys_(static_cast<double>(num_keys)),
        exponent_(exponent),
        first_(integral(1.5) - 1),
        last_(integral(num_keys_ + 0.5)),
        accepted_at_once_(2 - inverse(integral(2.5) - density(2))) {}

  Key operator()(Generator& random) const {
    for (;;) {
      const double area = last_ + random.uniform() * (first_ - last_);
      const double x = inverse(area);
      const double rank = std::clamp(std::round(x), 1.0, num_keys_);
      if (rank - x <= accepted_at_once_ || area >= integral(rank + 0.5) - density(rank))
        return static_cast<Key>(rank) - 1;
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

/// Keys of [begin, begin + count), uniform (exponent 0) or by Zipf's law.
class KeyRangeLaw {
 public:
  KeyRangeLaw(Key begin, std::uint64_t count, double exponent)
      : begin_(begin), count_(count), uniform_(exponent == 0), zipf_(count, uniform_ ? 1 : exponent) {}
  Key operator()(Generator& random) const { return begin_ + (uniform_ ? random.below(count_) : zipf_(random)); }

 private:
  Key begin_;
  std::uint64_t count_;
  bool uniform_;
  ZipfLaw zipf_;
};

/// What the keys of all workers follow.
struct KeyLaw {
  std::uint64_t num_keys = 1;
  double zipf = 0;         ///< exponent; 0: uniform
  double partitioned = 0;  ///< share of the keys drawn from the rank's own part
};

/// One worker's keys; everything follows from seed and worker. The ranks' parts are contiguous, so a part's keys have
/// their homes on all ranks.
class KeyStream {
 public:
  KeyStream(const KeyLaw& law, apps::WorkerPlace rank, std::uint64_t seed, std::uint64_t worker)
      : partitioned_(law.partitioned),
        all_(0, law.num_keys, law.zipf),
        own_(own_part(law, apps::share_of(law.num_keys, rank))),
        random_({seed, worker}) {}

  Key next() { return partitioned_ > 0 && random_.uniform() < partitioned_ ? own_(random_) : all_(random_); }
  void next(std::span<Key> keys) {
    for (Key& key : keys) key = next();
  }

 private:
  static KeyRangeLaw own_part(const KeyLaw& law, apps::Share part) {
    return {part.begin, std::max<std::size_t>(part.size(), 1), law.zipf};
  }

  double partitioned_;
  KeyRangeLaw all_;
  KeyRangeLaw own_;
  Generator random_;
};

}  // namespace adapm::bench
