// The progress thread of one store on one rank: polls until told that it is over, and naps when there is nothing to
// do. Cores may be shared with workers (laptops, full machines) or its own (clusters): so it spins briefly after
// activity, then naps, ever longer while the store is idle; whoever posts work ends a nap.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "adapm/options.hpp"
#include "base/mutex.hpp"
#include "base/thread_placement.hpp"
#include "base/wake_up.hpp"

namespace adapm::port {

/// What the thread is to do; all but `wake_up` are called on the thread.
struct ProgressTasks {
  std::function<bool()> poll;          // does what there is to do; returns whether there was anything
  std::function<bool()> expectant;     // the next thing may come at any moment: nap shortly
  std::function<bool()> ended;         // nothing will ever come again
  std::function<void()> at_end;        // last action
  std::chrono::microseconds longest_nap{1000};  // what comes from other ranks may have to wait so long
};

class ProgressThread {
 public:
  ProgressThread(ProgressTasks tasks, ProgressMode mode);
  /// Joins; the tasks must be at their end, or come to it.
  ~ProgressThread() = default;

  /// Any thread: there is something to do.
  void wake_up() { wake_up_.signal(); }
  /// Any thread: from now on it runs on these processing units only. Returns false if that cannot be, or it has ended.
  bool run_on(const base::Units& units) {
    const base::MutexLock lock(mutex_);
    return !over_ && base::run_on(thread_.native_handle(), units);
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run();

  const ProgressTasks tasks_;
  const ProgressMode mode_;
  base::WakeUp wake_up_;
  base::Mutex mutex_;
  bool over_ ADAPM_GUARDED_BY(mutex_) = false;  // there is no thread to speak of any more, or soon none
  std::jthread thread_;  // last: it uses the others
};

}  // namespace adapm::port
