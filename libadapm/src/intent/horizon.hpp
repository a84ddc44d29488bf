// When to act on an intent (AdaPM, section 4: "action timing"): how many clocks ahead of a worker's current clock an
// intent must be acted on, so that the key is there in time although a round takes as long as it takes.
#pragma once

#include "adapm/options.hpp"
#include "adapm/types.hpp"

namespace adapm::intent {

/// The smallest n with P(X <= n) >= quantile for X ~ Poisson(mean); a normal approximation for large means.
Clock poisson_quantile(double mean, double quantile);

/// Estimates one worker's clocks per round. Progress thread only.
class HorizonEstimator {
 public:
  explicit HorizonEstimator(const Options& options)
      : timed_(options.time_intent_actions),
        autotune_(options.timing_autotune),
        smoothing_(options.timing_smoothing_factor),
        quantile_(options.timing_buffer_quantile),
        estimate_(options.timing_initial_estimate) {}

  /// The worker's clock at the beginning of a round. Returns the first clock that this round need not act on:
  /// an intent is due if start < returned value.
  Clock observe(Clock now);

  [[nodiscard]] double estimate() const { return estimate_; }

 private:
  const bool timed_;
  const bool autotune_;
  const double smoothing_;
  const double quantile_;
  double estimate_;  // clocks per round
  Clock last_ = -1;  // clock at the last round; -1: none yet
  double mean_of_window_ = -1;
  Clock window_ = 0;  // quantile for mean_of_window_: rounds without news need no computation
};

}  // namespace adapm::intent
