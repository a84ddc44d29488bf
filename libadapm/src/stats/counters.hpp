// Counters that one thread writes and any thread reads.
#pragma once

#include <atomic>
#include <cstdint>

#include "adapm/statistics.hpp"

namespace adapm::stats {

/// Written by one thread only, so that counting is a plain load and store.
class Counter {
 public:
  void add(std::uint64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void subtract(std::uint64_t n) { add(~n + 1); }
  Counter& operator++() {
    add(1);
    return *this;
  }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct AccessCounters {
  Counter local, replica, shared, neighbour, remote;
  [[nodiscard]] AccessCounts value() const {
    return {local.value(), replica.value(), shared.value(), neighbour.value(), remote.value()};
  }
};

/// Written by one worker.
struct alignas(64) WorkerCounters {
  AccessCounters pulled, pushed;
  Counter clocks, intents;
  Counter call_nanoseconds, wait_nanoseconds;
};

/// Written by the progress thread.
struct alignas(64) ProgressCounters {
  Counter rounds, moves_in, moves_out, replicas_set_up, replicas_dropped, shares_begun, updates_sent, updates_merged,
      refreshes_sent, elsewhere, bytes_sent, messages_sent, one_sided_reads, owned_keys, replicas_held, shares_held, memory_bytes,
      round_nanoseconds, access_nanoseconds;
};

}  // namespace adapm::stats
