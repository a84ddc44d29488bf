#include "port/heartbeat.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stop_token>

#include "mpi/runtime.hpp"
#include "port/start_thread.hpp"
#include "port/watchdog.hpp"

namespace adapm::port {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto look_every = std::chrono::milliseconds(500);

/// False if it is to stop.
bool nap(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, look_every, [] { return false; });
  return !stop.stop_requested();
}

void watch(const std::stop_token& stop, const Options& options, const std::string& complaint,
           const std::atomic<std::uint64_t>& beats) {
  Watchdog dog(options, Clock::now());
  while (nap(stop)) {
    switch (dog.look(Clock::now(), true, beats.load(std::memory_order_relaxed))) {
      case Watchdog::Step::warn:
        say(complaint + " for " + in_seconds(dog.waited()));
        break;
      case Watchdog::Step::relieved:
        say(complaint + ": over after " + in_seconds(dog.last_wait()));
        break;
      case Watchdog::Step::end:
        mpi::abort_job(MPI_COMM_WORLD,
                       complaint + " for " + in_seconds(dog.waited()) + " (--sys.watchdog.end)");
      case Watchdog::Step::ask:
      case Watchdog::Step::none:
        break;
    }
  }
}

}  // namespace

Heartbeat::Heartbeat(const Options& options, std::string complaint)
    : thread_(start_thread([this, options, complaint = std::move(complaint)](const std::stop_token& stop) {
        watch(stop, options, complaint, beats_);
      })) {}

}  // namespace adapm::port
