// Time as programs measure and limit it.
#pragma once

#include <chrono>
#include <limits>

namespace adapm::apps {

using Seconds = std::chrono::duration<double>;

/// Measures time since its construction.
class Stopwatch {
 public:
  [[nodiscard]] Seconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Training ends after an epoch if the time is used up, or if another epoch as long as the last one would go
/// more than 5 % beyond it. Only training time counts.
struct TimeBudget {
  Seconds limit{std::numeric_limits<double>::infinity()};
  [[nodiscard]] bool ends(Seconds elapsed, Seconds last_epoch) const {
    return elapsed > limit || exceeded(elapsed + last_epoch);
  }
  /// By more than is tolerated.
  [[nodiscard]] bool exceeded(Seconds elapsed) const { return elapsed > 1.05 * limit; }
};

}  // namespace adapm::apps
