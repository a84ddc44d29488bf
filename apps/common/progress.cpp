#include "common/progress.hpp"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "common/program.hpp"
#include "common/text.hpp"

namespace adapm::apps {

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
  return label_ + formatted(" %3.0f %%, ", 100 * done / total_) + format_rate(rate) + " " + unit_ + "/s, " +
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
