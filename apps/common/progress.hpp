// Progress for people: a line with rate and time left now and then.
#pragma once

#include <string>

#include "common/time.hpp"

namespace adapm::apps {

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

}  // namespace adapm::apps
