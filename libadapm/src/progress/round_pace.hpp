// When the next round begins. At most as often as the options allow; ever more rarely while rounds carry nothing; and,
// where the progress thread shares its core with workers, so rarely that rounds take at most a tenth of it: replicas
// are then synchronised less often, and the horizon grows with the rounds (docs/architecture.md, "When").
#pragma once

#include <algorithm>
#include <chrono>

#include "adapm/options.hpp"

namespace adapm::progress {

class RoundPace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::nanoseconds;
  static constexpr Duration longest_idle_interval = std::chrono::milliseconds(100);
  static constexpr Duration longest_rest = std::chrono::milliseconds(250);
  static constexpr int rest_per_cost = 9;  // nine parts rest to one part work: a tenth of a core

  explicit RoundPace(const Options& options)
      : pause_(to_duration(options.sync_pause_ms / 1000)),
        interval_(options.sync_max_per_sec > 0 ? to_duration(1 / options.sync_max_per_sec) : Duration::zero()) {}

  struct Circumstances {
    bool urgent = false;   // somebody on this rank waits for a round
    bool active = false;   // there is news on this rank
    bool invited = false;  // another rank has begun
  };

  [[nodiscard]] bool due(Time now, Circumstances now_is) const {
    const Time earliest = pause_ > Duration::zero() ? ended_ + pause_ : began_ + interval_;
    if (now < earliest) return false;
    if (now_is.urgent || now_is.invited) return true;
    if (now < ended_ + rest_) return false;
    return now_is.active || now >= began_ + idle_interval_;
  }

  void begins(Time now) {
    interval_before_ = now - began_;
    began_ = now;
  }
  /// From the beginning of the round before to that of the last one that began.
  [[nodiscard]] Duration interval_before() const { return interval_before_; }
  /// `rest`: the longest that any rank asked for, see rest_after().
  void ends(Time now, bool carried_something, Duration rest) {
    ended_ = now;
    rest_ = rest;
    idle_interval_ = carried_something
                         ? interval_
                         : std::min(longest_idle_interval, 2 * idle_interval_ + Duration(std::chrono::microseconds(10)));
  }

  /// How long a rank whose last round cost that much processor time wants to rest, if its cores are shared.
  [[nodiscard]] static Duration rest_after(Duration cost, bool cores_are_shared) {
    return cores_are_shared ? std::min(longest_rest, rest_per_cost * cost) : Duration::zero();
  }

  /// Shortens the rest that this rank tolerates when intents came too late, or workers waited for keys in much of the
  /// time since the last round; else lets it grow.
  void learn_lateness(double late_share, double waiting_share) {
    constexpr double tolerated_late_share = 0.01;
    constexpr double tolerated_waiting_share = 0.05;
    tolerable_rest_ = late_share > tolerated_late_share || waiting_share > tolerated_waiting_share
                          ? tolerable_rest_ / 2
                          : std::min(longest_rest, tolerable_rest_ * 5 / 4 + Duration(std::chrono::microseconds(100)));
  }
  [[nodiscard]] Duration tolerable_rest() const { return tolerable_rest_; }

 private:
  static Duration to_duration(double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }
  const Duration pause_;
  const Duration interval_;
  Duration idle_interval_{};
  Duration rest_{};            // after the last round, agreed by all ranks
  Duration tolerable_rest_{};  // by this rank
  Duration interval_before_{};
  Time began_{};
  Time ended_{};
};

}  // namespace adapm::progress
