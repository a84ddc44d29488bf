// Something that one thread waits for and the progress thread completes, or fails.
#pragma once

#include <atomic>

namespace adapm::base {

class Completion {
 public:
  enum State : int { pending, done, failed };

  [[nodiscard]] State state() const { return static_cast<State>(state_.load(std::memory_order_acquire)); }
  void reset() { state_.store(pending, std::memory_order_relaxed); }

  /// Release: what was written before is seen by whoever sees the state.
  void complete(State state) {
    state_.store(state, std::memory_order_release);
    state_.notify_all();
  }

  State wait() const {
    for (;;) {
      const int state = state_.load(std::memory_order_acquire);
      if (state != pending) return static_cast<State>(state);
      state_.wait(pending, std::memory_order_acquire);
    }
  }

 private:
  std::atomic<int> state_{pending};
};

}  // namespace adapm::base
