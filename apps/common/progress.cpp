#include "common/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <utility>

#include "common/program.hpp"

namespace adapm::apps {

namespace {

template <class... Arguments>
std::string print(const char* format, Arguments... arguments) {
  char text[200];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

}  // namespace

std::string format_duration(Seconds duration) {
  const double seconds = duration.count();
  if (!std::isfinite(seconds)) return "?";
  if (seconds < 59.95) return print("%.1f s", seconds);
  const long whole = std::lround(seconds);
  if (whole < 3600) return print("%ld min %02ld s", whole / 60, whole % 60);
  return print("%ld h %02ld min", whole / 3600, whole % 3600 / 60);
}

std::string format_rate(double per_second) {
  if (!(per_second >= 1e3)) return print("%.0f", per_second);
  if (per_second < 1e6) return print("%.3g k", per_second / 1e3);
  return print("%.3g M", per_second / 1e6);
}

Progress::Progress(std::string label, std::string unit, double total)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      terminal_(isatty(STDOUT_FILENO) == 1 && !launched_rank()),
      next_(terminal_ ? 0.2 : 2.0) {}

Progress::~Progress() {
  if (dirty_) std::cout << "\r\x1b[K" << std::flush;
}

std::string Progress::line(double done, Seconds elapsed) const {
  const double rate = done / elapsed.count();
  const std::string left = format_duration(Seconds((total_ - done) / rate));
  return label_ + print(" %3.0f %%, ", 100 * done / total_) + format_rate(rate) + " " + unit_ + "/s, " +
         left + " left";
}

void Progress::update(double done) {
  const Seconds elapsed = watch_.elapsed();
  if (elapsed < next_ || done <= 0) return;
  next_ = elapsed + Seconds(terminal_ ? 0.2 : 2.0);
  dirty_ = terminal_;
  std::cout << (terminal_ ? "\r" : "") << line(done, elapsed) << (terminal_ ? "\x1b[K" : "\n") << std::flush;
}

}  // namespace adapm::apps
