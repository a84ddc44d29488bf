// Lets the progress thread nap and any other thread end the nap. Signalling costs one atomic load while the thread
// is awake.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace adapm::base {

class WakeUp {
 public:
  /// Any thread: ends the current nap, or makes the next one end at once.
  void signal() {
    if (signalled_.exchange(true, std::memory_order_acq_rel)) return;
    if (!napping_.load(std::memory_order_seq_cst)) return;
    { const std::lock_guard lock(mutex_); }  // the napper has checked or will see the flag
    condition_.notify_one();
  }

  /// The napping thread: returns after `longest`, or as soon as signal() was called since the last nap.
  void nap(std::chrono::microseconds longest) {
    std::unique_lock lock(mutex_);
    napping_.store(true, std::memory_order_seq_cst);
    condition_.wait_for(lock, longest, [this] { return signalled_.load(std::memory_order_seq_cst); });
    napping_.store(false, std::memory_order_relaxed);
    signalled_.store(false, std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  std::atomic<bool> signalled_{false};  // set by any thread, cleared by the napper
  std::atomic<bool> napping_{false};
};

}  // namespace adapm::base
