// Watches a thread from another one: if it does not beat, which it may not be able to when a call does not
// come back or a lock is held by a process that was stopped, says so, and ends the job in the end. Limits as
// of the watchdog.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "adapm/options.hpp"

namespace adapm::port {

class Heartbeat {
 public:
  /// `complaint` becomes the message "adapm: COMPLAINT for 30 s".
  Heartbeat(const Options& options, std::string complaint);

  /// The watched thread: it is alive.
  void beat() { beats_.fetch_add(1, std::memory_order_relaxed); }
  /// No more beats are to be expected.
  void stop() { thread_ = std::jthread(); }

 private:
  std::atomic<std::uint64_t> beats_{0};
  std::jthread thread_;  // last: it uses the others
};

}  // namespace adapm::port
