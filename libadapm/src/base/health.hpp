// Whether a store still works, and if not, why. Set once, read by everybody.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "adapm/error.hpp"
#include "base/mutex.hpp"

namespace adapm::base {

class Health {
 public:
  /// The first reason counts.
  void fail(std::string_view reason) {
    const MutexLock lock(mutex_);
    if (failed_.load(std::memory_order_relaxed)) return;
    reason_ = reason;
    failed_.store(true, std::memory_order_release);
  }
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
  [[nodiscard]] std::string reason() const {
    const MutexLock lock(mutex_);
    return reason_;
  }
  /// Throws StoreFailure if the store has failed.
  void check() const {
    if (failed()) throw StoreFailure(reason());
  }

 private:
  std::atomic<bool> failed_{false};
  mutable Mutex mutex_;
  std::string reason_ ADAPM_GUARDED_BY(mutex_);
};

}  // namespace adapm::base
