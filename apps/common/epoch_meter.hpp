// How an epoch went: its time and its accesses, over all ranks.
#pragma once

#include <cstdint>
#include <span>

#include "adapm/statistics.hpp"
#include "adapm/store.hpp"
#include "common/time.hpp"

namespace adapm::apps {

struct EpochMeasures {
  std::uint64_t epoch = 0;
  std::uint64_t last_epoch = 0;  ///< of the run
  Seconds seconds{0};
  Seconds total_seconds{0};  ///< of training, this epoch included
  double local_share = 1;    ///< of accesses, as AccessCounts::local_share
};

/// Pulls and pushes together.
[[nodiscard]] AccessCounts accesses(const Statistics& statistics);

/// One per rank; one thread of the rank uses it at a time, but for `elapsed`.
class EpochMeter {
 public:
  explicit EpochMeter(Store<float>& store) : store_(store) {}

  /// An epoch begins.
  void begin();
  /// Since then, on this rank.
  [[nodiscard]] Seconds elapsed() const { return watch_.elapsed(); }
  /// The epoch ends: returns its seconds, on rank 0, and the share of local accesses of all ranks. Sums
  /// `sums` over all ranks.   Collective  yes.
  EpochMeasures end(std::span<double> sums);

 private:
  Store<float>& store_;
  Stopwatch watch_;
  Statistics before_;
};

}  // namespace adapm::apps
