#include "port/progress_thread.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/racing_copy.hpp"
#include "port/start_thread.hpp"

namespace adapm::port {

namespace {

using std::chrono::microseconds;

constexpr auto spin_time = microseconds(5);
constexpr auto shortest_nap = microseconds(20);
constexpr auto longest_expectant_nap = microseconds(50);

/// Where this thread shares a core with computing ones, it is to run soon after it wakes up, and briefly. Since Linux
/// 6.12 a thread may ask for short time slices and then preempts those with longer ones; older kernels ignore it.
void ask_for_short_slices() {
  struct {  // struct sched_attr of sched_setattr(2), which glibc does not declare
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime_nanoseconds, deadline, period;
  } attributes{};
  attributes.size = sizeof attributes;
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0 || attributes.policy != SCHED_OTHER) return;
  attributes.runtime_nanoseconds = 100'000;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace

ProgressThread::ProgressThread(ProgressTasks tasks, ProgressMode mode)
    : tasks_(std::move(tasks)), mode_(mode), thread_(start_thread([this] { run(); })) {}

void ProgressThread::run() {
  prctl(PR_SET_NAME, "adapm-progress");
  prctl(PR_SET_TIMERSLACK, 1000UL);  // nanoseconds: naps as short as asked for
  ask_for_short_slices();
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
    nap = std::min(2 * nap, tasks_.expectant() ? longest_expectant_nap : tasks_.longest_nap);
  }
  tasks_.at_end();
  const base::MutexLock lock(mutex_);
  over_ = true;
}

}  // namespace adapm::port
