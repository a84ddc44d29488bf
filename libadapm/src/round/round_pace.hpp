// When the next round begins. At most as often as the options allow; ever more rarely while rounds carry nothing.
#pragma once

#include <algorithm>
#include <chrono>

#include "adapm/options.hpp"

namespace adapm::round {

class RoundPace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  static constexpr Duration longest_idle_interval = std::chrono::milliseconds(10);

  explicit RoundPace(const Options& options)
      : pause_(to_duration(options.sync_pause_ms / 1000)),
        interval_(options.sync_max_per_sec > 0 ? to_duration(1 / options.sync_max_per_sec) : Duration::zero()) {}

  /// A round may begin: `active`: there is news on this rank; `invited`: another rank has begun.
  [[nodiscard]] bool due(Time now, bool active, bool invited) const {
    const Time earliest = pause_ > Duration::zero() ? ended_ + pause_ : began_ + interval_;
    if (now < earliest) return false;
    return active || invited || now >= began_ + idle_interval_;
  }

  void begins(Time now) { began_ = now; }
  void ends(Time now, bool carried_something) {
    ended_ = now;
    idle_interval_ = carried_something ? interval_
                                       : std::min(longest_idle_interval, 2 * idle_interval_ + std::chrono::microseconds(10));
  }

 private:
  static Duration to_duration(double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }
  const Duration pause_;
  const Duration interval_;
  Duration idle_interval_{};
  Time began_{};
  Time ended_{};
};

}  // namespace adapm::round
