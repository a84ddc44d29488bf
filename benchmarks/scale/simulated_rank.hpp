// One simulated rank: the library's manager over a counting port, and a worker that accesses keys as bench_access does.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "api/manager.hpp"
#include "api/worker_core.hpp"
#include "harness/key_stream.hpp"
#include "scale/counting_port.hpp"
#include "support/simulated_cluster.hpp"

namespace adapm::bench {

struct Workload {
  KeyLaw keys;
  std::size_t length = 16;         // floats a key
  std::size_t batch = 16;          // keys a call
  std::int64_t calls_a_round = 4;  // 0: the worker does nothing
  std::int64_t ahead = 8;          // calls by which intents are signalled ahead
};

class SimulatedRank {
 public:
  SimulatedRank(test::Network& network, GridTraffic& grid, int rank, const Workload& workload, const Options& options);
  /// Nobody waits any more.
  ~SimulatedRank();
  SimulatedRank(const SimulatedRank&) = delete;
  SimulatedRank& operator=(const SimulatedRank&) = delete;

  /// The worker pulls and pushes once, unless it waits for the values of its last call. Returns whether it did.
  bool call();
  /// What the progress thread does in one turn.
  void poll();

  [[nodiscard]] std::uint64_t rounds() { return manager_->driver().rounds(); }
  [[nodiscard]] Traffic traffic() const { return port_.traffic(); }
  /// Time that the library's own code took in poll().
  [[nodiscard]] std::chrono::nanoseconds work() const { return work_; }
  [[nodiscard]] Statistics statistics() const { return manager_->statistics(); }
  /// Memory beside the store's, when the rank began.
  [[nodiscard]] std::size_t heap_bytes() const { return heap_bytes_; }

 private:
  [[nodiscard]] std::span<Key> keys_of(std::int64_t call);
  void announce(std::int64_t call);

  const Workload workload_;
  test::SimulatedPort network_port_;
  CountingPort port_;
  std::unique_ptr<api::Manager<float>> manager_;
  std::optional<api::WorkerCore<float>> worker_;
  KeyStream stream_;
  std::vector<Key> ring_;  // the keys of ahead + 1 calls
  std::vector<float> values_, updates_;
  std::int64_t next_call_ = 0;
  std::uint64_t open_pull_ = 0;
  std::chrono::nanoseconds work_{};
  std::size_t heap_bytes_ = 0;
};

}  // namespace adapm::bench
