// The simulated cluster with real threads: a progress thread per rank, several workers per rank, no MPI. This is what
// the thread sanitizer looks at; values are integers, so equality is exact.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "checkpoint/snapshot.hpp"
#include "port/progress_thread.hpp"
#include "support/simulated_cluster.hpp"

namespace adapm::test {

namespace {

using V = std::int64_t;
constexpr std::size_t value_length = 9;

/// A cluster whose ranks make progress by themselves.
class ThreadedCluster {
 public:
  ThreadedCluster(int num_ranks, std::uint64_t num_keys, const Options& options, int ranks_per_host)
      : cluster_(num_ranks, ValueLayout::uniform(num_keys, value_length), options,
                 {.ranks_per_host = ranks_per_host, .messages_wait = false, .clock_is_simulated = false},
                 [this](int rank) { progress_.at(static_cast<std::size_t>(rank))->wake_up(); }) {
    for (int rank = 0; rank < num_ranks; ++rank) {
      auto& manager = cluster_.manager(rank);
      progress_.push_back(std::make_unique<port::ProgressThread>(
          port::ProgressTasks{[this, &manager] { return poll(manager); }, [&manager] { return manager.expects_something(); },
                              [&manager] { return manager.ended(); }, [&manager] { manager.fail_all(); }},
          ProgressMode::automatic));
    }
  }
  ~ThreadedCluster() { close(); }
  ThreadedCluster(const ThreadedCluster&) = delete;
  ThreadedCluster& operator=(const ThreadedCluster&) = delete;

  [[nodiscard]] api::Manager<V>& manager(int rank) { return cluster_.manager(rank); }
  [[nodiscard]] int num_ranks() const { return cluster_.num_ranks(); }
  [[nodiscard]] SimulatedCluster<V>& cluster() { return cluster_; }

  void close() {
    for (int rank = 0; rank < num_ranks(); ++rank) manager(rank).close();
    for (auto& progress : progress_) progress->join();
  }

 private:
  bool poll(api::Manager<V>& manager) {
    try {
      return manager.poll();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "progress thread of rank %d: %s\n", manager.rank(), error.what());
      std::abort();
    }
  }

  SimulatedCluster<V> cluster_;
  std::vector<std::unique_ptr<port::ProgressThread>> progress_;
};

struct Plan {
  int num_ranks = 3;
  int workers = 2;
  std::uint64_t num_keys = 11;
  int iterations = 400;
};

/// What one worker does: intents ahead, pushes of ones, pulls that must be whole and must contain its own pushes.
std::string work(api::WorkerCore<V>& core, const Plan& plan, std::uint64_t seed, std::vector<std::atomic<V>>& pushed) {
  std::mt19937_64 random(seed);
  std::vector<V> own(plan.num_keys);
  std::string complaint;
  for (int i = 0; i < plan.iterations; ++i) {
    std::vector<Key> keys(1 + random() % 4);
    for (Key& key : keys) key = random() % 4 == 0 ? 0 : random() % plan.num_keys;  // key 0 is hot
    if (random() % 4 == 0) core.intent(keys, core.current_clock() + 2, core.current_clock() + 12);
    const std::vector<V> ones(keys.size() * value_length, 1);
    core.wait(core.push(keys, ones));
    for (const Key key : keys) {
      ++own[key];
      ++pushed[key];
    }
    std::vector<V> values(keys.size() * value_length);
    core.wait(core.pull(keys, values));
    for (std::size_t k = 0; k < keys.size(); ++k) {
      for (std::size_t j = 0; j < value_length; ++j)
        if (values[k * value_length + j] != values[k * value_length]) complaint = "a pull saw half a push";
      if (values[k * value_length] < own[keys[k]]) complaint = "a worker does not see its own push";
    }
    if (random() % 3 == 0) core.advance_clock();
  }
  core.wait_sync();
  core.barrier();
  core.wait_sync();
  core.barrier();
  for (Key key = 0; key < plan.num_keys; ++key) {
    std::vector<V> value(value_length);
    core.wait(core.pull(KeySpan(&key, 1), value));
    if (value[0] != pushed[key])
      complaint = "key " + std::to_string(key) + " is " + std::to_string(value[0]) + " of " + std::to_string(pushed[key]);
  }
  core.barrier();
  return complaint;
}

void run(const Plan& plan, const Options& options, int ranks_per_host) {
  ThreadedCluster cluster(plan.num_ranks, plan.num_keys, options, ranks_per_host);
  std::vector<std::atomic<V>> pushed(plan.num_keys);
  std::vector<std::string> complaints(static_cast<std::size_t>(plan.num_ranks * plan.workers));
  // All workers first: nobody meets in a barrier before everybody is there.
  std::vector<std::unique_ptr<api::WorkerCore<V>>> cores;
  for (std::size_t i = 0; i < complaints.size(); ++i)
    cores.push_back(std::make_unique<api::WorkerCore<V>>(cluster.manager(static_cast<int>(i) / plan.workers)));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < cores.size(); ++i) {
      threads.emplace_back([&, i] {
        try {
          complaints[i] = work(*cores[i], plan, 77 + i, pushed);
        } catch (const std::exception& error) {
          complaints[i] = error.what();
        }
        cores[i].reset();
      });
    }
  }
  cluster.close();
  for (const std::string& complaint : complaints) CHECK(complaint == "");
  CHECK_NOTHROW(check_invariants(cluster.cluster()));
}

/// What one rank's thread saves of one checkpoint, and what its workers had pushed before.
struct PartOfRank {
  std::vector<V> at_least;
  std::vector<std::pair<Key, std::vector<V>>> values;
};

PartOfRank save(api::Manager<V>& manager, const std::vector<std::atomic<V>>& acknowledged) {
  PartOfRank part;
  for (const auto& amount : acknowledged) part.at_least.push_back(amount);
  checkpoint::Snapshot<V> snapshot(manager.values(), manager.table());
  manager.meet("", [&] { snapshot.take(); });
  checkpoint::ValueBlock<V> block;
  while (snapshot.next(block, 1)) {
    const V* value = reinterpret_cast<const V*>(block.values.data());
    for (const Key key : block.keys) {
      part.values.emplace_back(key, std::vector<V>(value, value + value_length));
      value += value_length;
    }
  }
  return part;
}

/// Pushes ones to keys that it has, or has not, an intent on, until `savers` is 0.
void push_on(api::WorkerCore<V>& core, std::uint64_t seed, std::vector<std::atomic<V>>& acknowledged,
             const std::atomic<int>& savers) {
  std::mt19937_64 random(seed);
  const std::vector<V> ones(value_length, 1);
  while (savers > 0) {
    const Key key = random() % acknowledged.size();
    if (random() % 2 == 0) core.intent(KeySpan(&key, 1), core.current_clock(), core.current_clock() + 5);
    core.wait(core.push(KeySpan(&key, 1), ones));
    ++acknowledged[key];
    core.advance_clock();
  }
}

std::string complaint_about(const std::vector<PartOfRank>& parts, std::uint64_t num_keys) {
  std::map<Key, std::vector<V>> saved;
  for (const PartOfRank& part : parts)
    for (const auto& [key, value] : part.values)
      if (!saved.emplace(key, value).second) return "a key is in a checkpoint twice";
  if (saved.size() != num_keys) return "keys are missing in a checkpoint";
  for (const auto& [key, value] : saved) {
    V at_least = 0;
    for (const PartOfRank& part : parts) at_least += part.at_least[key];
    if (value != std::vector<V>(value_length, value.front())) return "a checkpoint has half a push";
    if (value.front() < at_least) return "a checkpoint has not what was acknowledged before it";
  }
  return "";
}

}  // namespace

TEST_CASE("threads: checkpoints have every key once, with what was acknowledged before, while keys move") {
  constexpr int num_ranks = 3;
  constexpr std::uint64_t num_keys = 150;
  constexpr std::size_t num_checkpoints = 40;
  Options options;
  options.sync_max_per_sec = 5000;
  ThreadedCluster cluster(num_ranks, num_keys, options, true);
  std::vector<std::vector<PartOfRank>> checkpoints(num_checkpoints, std::vector<PartOfRank>(num_ranks));
  std::atomic<int> savers = num_ranks;
  std::vector<std::vector<std::atomic<V>>> acknowledged;
  for (int rank = 0; rank < num_ranks; ++rank) acknowledged.emplace_back(num_keys);
  {
    std::vector<std::jthread> threads;
    for (std::size_t rank = 0; rank < num_ranks; ++rank) {
      auto& manager = cluster.manager(static_cast<int>(rank));
      threads.emplace_back([&, rank] {
        api::WorkerCore<V> core(manager);
        push_on(core, 5 + rank, acknowledged[rank], savers);
      });
      threads.emplace_back([&, rank] {
        for (auto& parts : checkpoints) parts[rank] = save(manager, acknowledged[rank]);
        --savers;
      });
    }
  }
  for (const auto& parts : checkpoints) CHECK(complaint_about(parts, num_keys) == "");
}

TEST_CASE("threads: updates are exact and pulls are whole while keys move and are replicated") {
  Options options;
  options.sync_max_per_sec = 5000;
  const int ranks_per_host = GENERATE(1, 2, 3);
  run(Plan{}, options, ranks_per_host);
}

TEST_CASE("threads: the same with each technique alone") {
  Options options;
  options.sync_max_per_sec = 5000;
  options.techniques = GENERATE(Techniques::replication_only, Techniques::relocation_only);
  run(Plan{.iterations = 200}, options, 2);
}

TEST_CASE("threads: a failure reaches every rank, and nobody waits for ever") {
  Options options;
  ThreadedCluster cluster(3, 5, options, 1);
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < 3; ++rank) {
      threads.emplace_back([&, rank] {
        try {
          api::WorkerCore<V> core(cluster.manager(rank));
          if (rank == 1) cluster.manager(rank).fail("for a test");
          for (;;) core.wait_sync();
        } catch (const StoreFailure& failure) {
          if (std::string(failure.what()).find("for a test") != std::string::npos) ++failed;
        }
      });
    }
  }
  CHECK(failed == 3);
}

}  // namespace adapm::test
