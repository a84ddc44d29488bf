// One worker of bench_access: makes calls, each with keys of its own, and measures them.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "adapm/sampling.hpp"
#include "adapm/worker.hpp"
#include "common/bounded_pushes.hpp"
#include "harness/key_stream.hpp"
#include "macro/access_options.hpp"

namespace adapm::bench {

class Caller {
 public:
  using SteadyClock = std::chrono::steady_clock;

  /// Announces the first calls. `number` is the worker's among those of all ranks.
  Caller(Worker<float>& worker, const AccessOptions& options, apps::WorkerPlace rank, std::uint64_t number);

  /// Makes `calls` calls, or fewer if time is up, and waits until all are done.
  void make_calls(std::int64_t calls, SteadyClock::time_point end);

  /// Of each call since the last forget(), without the computing.
  [[nodiscard]] const std::vector<double>& microseconds() const { return microseconds_; }
  void forget() { microseconds_.clear(); }

 private:
  [[nodiscard]] std::span<const Key> keys_of(std::int64_t call) const;
  void announce(std::int64_t call);
  void access(std::span<const Key> keys);
  void compute() const;

  Worker<float>& worker_;
  const AccessOptions& options_;
  const std::vector<Key> keys_;  // of some calls, which come again and again
  Generator push_or_not_;
  const Clock first_clock_;
  std::int64_t next_call_ = 0;
  std::vector<float> values_, updates_;
  apps::BoundedPushes pushes_;
  std::vector<double> microseconds_;
};

}  // namespace adapm::bench
