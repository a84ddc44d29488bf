// What MPI tests share. A test case runs on all ranks at once and must take the same path on each of them; ranks that
// disagree (one failed an assertion, say) end the program after the case, see mpi_main.cpp.
//
// Catch2's assertions are not thread-safe: only the thread that runs the test case asserts. Code on worker threads
// notes what it finds wrong in its Findings; run_on_workers hands them to the test thread as text.
#pragma once

#include <mpi.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "adapm/adapm.hpp"

namespace adapm::test {

[[nodiscard]] int world_rank();
[[nodiscard]] int world_size();
/// Ranks of MPI_COMM_WORLD on this rank's host.
[[nodiscard]] int ranks_of_this_host();

/// The seed of this run: ADAPM_TEST_SEED, else a fixed one. Printed when the program starts.
[[nodiscard]] std::uint64_t seed();

/// A generator for worker `worker` of this rank, different from all others of this run.
[[nodiscard]] std::mt19937_64 generator(int worker = 0);

/// `count` scaled by ADAPM_TEST_EFFORT (1 if not set); at least 1.
[[nodiscard]] int scaled(int count);

/// Defaults, overridden by the environment, by which CTest's variants differ; no report at start.
[[nodiscard]] Options options();

/// With options(): all ranks share one memory (or there is one rank), where every key is at hand, whatever the intents.
[[nodiscard]] bool keys_stay();

/// True if `value` is true on all ranks. Collective over MPI_COMM_WORLD.
[[nodiscard]] bool on_all_ranks(bool value);

/// What one thread found wrong; only the first few findings are kept.
class Findings {
 public:
  template <class... Parts>
  void expect(bool holds, const Parts&... parts) {
    if (holds) return;
    if (++count_ > 3) return;
    std::ostringstream line;
    ((line << parts << ' '), ...);
    text_ += line.str() + '\n';
  }
  [[nodiscard]] std::string text() const {
    return count_ > 3 ? text_ + "and " + std::to_string(count_ - 3) + " more\n" : text_;
  }

 private:
  std::size_t count_ = 0;
  std::string text_;
};

/// Runs body(worker, index, findings) on `threads` workers of this rank. Returns all findings; empty if all is well.
template <ValueElement V, class Body>
std::string run_on_workers(Store<V>& store, int threads, Body body) {
  std::vector<Findings> findings(static_cast<std::size_t>(threads));
  run_workers(store, threads, [&](Worker<V>& worker, int index) {
    body(worker, index, findings[static_cast<std::size_t>(index)]);
  });
  std::string all;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (const std::string text = findings[i].text(); !text.empty()) {
      all += "rank " + std::to_string(store.rank()) + " worker " + std::to_string(i) + ": " + text;
    }
  }
  return all;
}

template <ValueElement V>
std::vector<V> pull_now(Worker<V>& worker, const ValueLayout& layout, const std::vector<Key>& keys) {
  std::vector<V> values(layout.total_length(keys));
  worker.wait(worker.pull(keys, values));
  return values;
}

/// The point from which all copies are equal: everything pushed and set before it, by anybody, is everywhere.
template <ValueElement V>
void settle(Worker<V>& worker) {
  worker.wait_all();
  worker.wait_sync();
  worker.barrier();
}

template <ValueElement V>
void advance_to(Worker<V>& worker, Clock clock) {
  while (worker.current_clock() < clock) worker.advance_clock();
}

[[nodiscard]] inline std::vector<Key> all_keys(std::uint64_t count) {
  std::vector<Key> keys(count);
  for (Key key = 0; key < count; ++key) keys[key] = key;
  return keys;
}

/// `count` different keys below `limit`, in no order. Requires count <= limit.
[[nodiscard]] std::vector<Key> distinct_keys(std::mt19937_64& random, std::size_t count, std::uint64_t limit);

[[nodiscard]] inline std::uint64_t below(std::mt19937_64& random, std::uint64_t limit) {
  return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random);
}

/// Pulls under way, oldest first, each with its own buffer; hands each to `check(keys, values)` when it is done.
template <ValueElement V>
class PullQueue {
 public:
  PullQueue(Worker<V>& worker, const ValueLayout& layout, std::size_t depth)
      : worker_(worker), layout_(layout), depth_(depth) {}
  PullQueue(const PullQueue&) = delete;
  PullQueue& operator=(const PullQueue&) = delete;
  /// The buffers must not die before the pulls are done.
  ~PullQueue() {
    try {
      for (const Entry& entry : open_) worker_.wait(entry.ticket);
    } catch (const Error&) {  // a failed store does not write any more
    }
  }

  template <class Check>
  void pull(std::vector<Key> keys, Check check) {
    open_.push_back({std::move(keys), {}, {}});
    Entry& entry = open_.back();
    entry.values.resize(layout_.total_length(entry.keys));
    entry.ticket = worker_.pull(entry.keys, entry.values);
    if (open_.size() > depth_) finish_oldest(check);
  }

  template <class Check>
  void finish(Check check) {
    while (!open_.empty()) finish_oldest(check);
  }

 private:
  struct Entry {
    std::vector<Key> keys;
    std::vector<V> values;
    Ticket ticket;
  };

  template <class Check>
  void finish_oldest(Check check) {
    Entry& entry = open_.front();
    worker_.wait(entry.ticket);
    check(entry.keys, entry.values);
    open_.pop_front();
  }

  Worker<V>& worker_;
  const ValueLayout& layout_;
  std::size_t depth_;
  std::deque<Entry> open_;  // a deque, because entries must not move while they are filled
};

}  // namespace adapm::test
