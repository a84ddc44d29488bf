#include "port/progress_thread.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>

#include "base/racing_copy.hpp"

namespace adapm::port {

namespace {

using std::chrono::microseconds;

constexpr auto spin_time = microseconds(5);
constexpr auto shortest_nap = microseconds(20);
constexpr auto longest_expectant_nap = microseconds(50);
constexpr auto longest_nap = microseconds(1000);

}  // namespace

ProgressThread::ProgressThread(ProgressTasks tasks, ProgressMode mode)
    : tasks_(std::move(tasks)), mode_(mode), thread_([this] { run(); }) {}

void ProgressThread::run() {
  prctl(PR_SET_NAME, "adapm-progress");
  prctl(PR_SET_TIMERSLACK, 1000UL);  // nanoseconds: naps as short as asked for
  auto nap = shortest_nap;
  auto last_activity = std::chrono::steady_clock::now();
  while (!tasks_.ended()) {
    if (tasks_.poll()) {
      last_activity = std::chrono::steady_clock::now();
      nap = shortest_nap;
      continue;
    }
    if (mode_ == ProgressMode::spin || std::chrono::steady_clock::now() < last_activity + spin_time) {
      base::relax();
      continue;
    }
    wake_up_.nap(nap);
    nap = std::min(2 * nap, tasks_.expectant() ? longest_expectant_nap : longest_nap);
  }
  tasks_.at_end();
}

}  // namespace adapm::port
