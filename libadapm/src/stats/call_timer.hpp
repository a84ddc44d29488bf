// How long many short calls take together, told by timing a few: one in 64, at random, so that no rhythm of the program
// decides which. Timing every call would cost more than some of them do.
#pragma once

#include <chrono>
#include <cstdint>

#include "stats/counters.hpp"

namespace adapm::stats {

/// One worker's. Adds to a counter of nanoseconds.
template <class Clock = std::chrono::steady_clock>
class CallTimer {
 public:
  explicit CallTimer(Counter& nanoseconds) : nanoseconds_(nanoseconds) {}

  /// Makes the call and returns what it returns.
  template <class Call>
  auto operator()(Call call) {
    if (--calls_left_ > 0) return call();
    calls_left_ = next_gap();
    const Timed timed(nanoseconds_, mean_gap);
    return call();
  }

  /// Makes a call that may take long: it is always timed.
  template <class Call>
  static auto every(Counter& nanoseconds, Call call) {
    const Timed timed(nanoseconds, 1);
    return call();
  }

 private:
  static constexpr std::uint32_t mean_gap = 64;

  class Timed {
   public:
    Timed(Counter& nanoseconds, std::uint64_t weight) : nanoseconds_(nanoseconds), weight_(weight) {}
    ~Timed() {
      const std::chrono::nanoseconds taken = Clock::now() - started_;
      nanoseconds_.add(weight_ * static_cast<std::uint64_t>(taken.count()));
    }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

   private:
    Counter& nanoseconds_;
    const std::uint64_t weight_;
    const typename Clock::time_point started_ = Clock::now();
  };

  /// From 1 to 127, all alike.
  std::uint32_t next_gap() {
    random_ = random_ * 1664525U + 1013904223U;  // a linear congruential generator's upper bits will do
    return 1 + static_cast<std::uint32_t>((std::uint64_t{random_} * (2 * mean_gap - 1)) >> 32U);
  }

  Counter& nanoseconds_;
  std::uint32_t random_ = 1;
  std::uint32_t calls_left_ = 1;
};

}  // namespace adapm::stats
