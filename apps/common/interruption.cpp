#include "common/interruption.hpp"

#include <atomic>
#include <csignal>

namespace adapm::apps {

namespace {

std::atomic<bool> come{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void note_signal(int /*signal*/) { come.store(true, std::memory_order_relaxed); }

}  // namespace

void watch_for_interruption() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
}

bool interruption_has_come() { return come.load(std::memory_order_relaxed); }

}  // namespace adapm::apps
