// What to do about ranks that keep a round up: when to ask who else waits, when to warn, when to give up, who
// is missing and who says so. Knows neither MPI nor the clock: whoever waits tells it what it sees.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapm/options.hpp"

namespace adapm::port {

class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::nanoseconds;
  enum class Step {
    none,
    ask,      ///< tell the other ranks that this one waits
    warn,     ///< say who is missing
    end,      ///< it has been too long; comes again with every look
    relieved  ///< what was warned of is over
  };
  /// What passes between two looks counts for no more than this: a rank that was stopped itself has not
  /// waited.
  static constexpr Duration longest_step = std::chrono::seconds(1);
  /// How long ranks that leave it to another one to end the job wait for that.
  static constexpr Duration deference = std::chrono::seconds(10);

  Watchdog(const Options& options, Time now)
      : warn_after_(limit(options.watchdog_warn)), end_after_(limit(options.watchdog_end)), last_look_(now) {}

  /// `arrivals`: a count that grows whenever anything comes from another rank.
  Step look(Time now, bool waiting, std::uint64_t arrivals) {
    const Duration passed = std::min(Duration(now - last_look_), longest_step);
    last_look_ = now;
    if (!waiting || arrivals != arrivals_) {
      arrivals_ = arrivals;
      const bool relieved = next_warning_ > warn_after_;
      last_wait_ = waited_;
      waited_ = Duration::zero();
      next_warning_ = warn_after_;
      asked_ = false;
      return relieved ? Step::relieved : Step::none;
    }
    waited_ += passed;
    return next_step();
  }

  /// How long nothing has come.
  [[nodiscard]] Duration waited() const { return waited_; }
  /// How long the wait before was.
  [[nodiscard]] Duration last_wait() const { return last_wait_; }
  [[nodiscard]] Duration end_after() const { return end_after_; }

 private:
  static Duration limit(double seconds) {
    if (seconds <= 0) return never;
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }

  Step next_step() {
    if (!asked_ && waited_ >= std::min(warn_after_, end_after_) / 2) {
      asked_ = true;
      return Step::ask;
    }
    if (waited_ >= end_after_) return Step::end;
    if (waited_ < next_warning_) return Step::none;
    next_warning_ *= 2;
    return Step::warn;
  }

  static constexpr Duration never = Duration::max();

  const Duration warn_after_;  // and after two, four, eight times as long
  const Duration end_after_;
  Time last_look_;
  std::uint64_t arrivals_ = 0;
  Duration waited_{};
  Duration last_wait_{};
  Duration next_warning_ = warn_after_;
  bool asked_ = false;
};

/// The others that have given no sign of life; if all have, those that are awaited. Who is awaited may be
/// alive, and wait for a third from whom everything has come here.
[[nodiscard]] std::vector<int> missing_ranks(int rank, int num_ranks, std::span<const int> alive,
                                             std::span<const int> awaited);

/// True on the first rank that is not missing: it speaks for all.
[[nodiscard]] bool is_speaker(int rank, std::span<const int> missing);

/// "ranks 3 (node2) and 5 (node4)"; of many only the first few. `hosts`: by rank.
[[nodiscard]] std::string names_of(std::span<const int> ranks, std::span<const std::string> hosts);

/// "30 s"
[[nodiscard]] std::string in_seconds(Watchdog::Duration duration);

/// Prints a line on standard error.
void say(const std::string& text);

}  // namespace adapm::port
