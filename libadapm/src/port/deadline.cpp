#include "port/deadline.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stop_token>

#include "mpi/runtime.hpp"
#include "port/watchdog.hpp"

namespace adapm::port {

namespace {

/// False if stopped before.
bool sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point time) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void watch(const std::stop_token& stop, const Options& options, int rank, const std::string& what) {
  const auto begin = std::chrono::steady_clock::now();
  const auto after = [begin](double seconds) {
    return begin +
           std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  };
  const std::string complaint = "all ranks " + what + " together, and one has not come for ";
  const bool warns = options.watchdog_warn > 0 &&
                     (options.watchdog_end <= 0 || options.watchdog_warn < options.watchdog_end);
  if (rank == 0 && warns) {
    if (!sleep_until(stop, after(options.watchdog_warn))) return;
    std::fprintf(stderr, "adapm: %s%.0f s\n", complaint.c_str(), options.watchdog_warn);
  }
  if (options.watchdog_end <= 0) return;
  const double end =
      options.watchdog_end + (rank == 0 ? 0 : std::chrono::duration<double>(Watchdog::deference).count());
  if (sleep_until(stop, after(end)))
    mpi::abort_job(MPI_COMM_WORLD, complaint + std::to_string(std::lround(end)) + " s (--sys.watchdog.end)");
}

}  // namespace

Deadline::Deadline(const Options& options, int rank, std::string what)
    : thread_([options, rank, what = std::move(what)](const std::stop_token& stop) {
        watch(stop, options, rank, what);
      }) {}

}  // namespace adapm::port
