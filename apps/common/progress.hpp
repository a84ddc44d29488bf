// Progress for people: a line with rate and time left now and then; and the rule for when to stop.
#pragma once

#include <chrono>
#include <limits>
#include <string>

namespace adapm::apps {

using Seconds = std::chrono::duration<double>;

/// Measures time since its construction.
class Stopwatch {
 public:
  [[nodiscard]] Seconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// "1.2 s", "3 min 05 s", "2 h 07 min".
std::string format_duration(Seconds duration);

/// "950", "12.3 k", "4.56 M".
std::string format_rate(double per_second);

/// Prints how far a piece of work is: on a terminal a line that is overwritten five times a second;
/// elsewhere, and under mpirun, whose output is not what it seems, a line every two seconds. Not thread-safe;
/// one thread of one rank prints.
class Progress {
 public:
  /// Work of `total` units called `unit`, e.g. "triples"; `label` comes first in the line.
  Progress(std::string label, std::string unit, double total);
  /// Removes what is left of an overwritten line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` units are done; prints if it is time to. Cheap enough for every few microseconds of work.
  void update(double done);

  /// The line for `done` units after `elapsed`.
  [[nodiscard]] std::string line(double done, Seconds elapsed) const;

 private:
  const std::string label_;
  const std::string unit_;
  const double total_;
  const bool terminal_;
  const Stopwatch watch_;
  Seconds next_;
  bool dirty_ = false;  // the terminal shows an unfinished line
};

/// Training ends after an epoch if the time is used up, or if another epoch as long as the last one would go
/// more than 5 % beyond it. Only training time counts.
struct TimeBudget {
  Seconds limit{std::numeric_limits<double>::infinity()};
  [[nodiscard]] bool ends(Seconds elapsed, Seconds last_epoch) const {
    return elapsed > limit || elapsed + last_epoch > 1.05 * limit;
  }
};

}  // namespace adapm::apps
