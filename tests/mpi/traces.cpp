// Key traces: what they tell agrees with what the store counts, with what the test counts, and between ranks.
#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "support/mpi_test.hpp"
#include "support/shared_folder.hpp"

namespace adapm::test {
namespace {

using V = std::int64_t;

struct Line {
  std::int64_t time = 0;
  std::string thread, event, key, where, clock, until;
};

std::string path_of(const std::string& folder, const char* name, int rank) {
  return folder + "/" + name + std::to_string(rank) + ".tsv";
}

std::vector<Line> events_in(const std::string& folder, int rank) {
  std::ifstream file(path_of(folder, "trace.", rank));
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with("#") || text.starts_with("time_ns")) continue;
    std::istringstream columns(text);
    Line line;
    columns >> line.time >> line.thread >> line.event >> line.key >> line.where >> line.clock >> line.until;
    REQUIRE(columns);
    lines.push_back(line);
  }
  return lines;
}

struct Counts {
  std::uint64_t accesses = 0, local = 0, samples = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

std::map<Key, Counts> counts_in(const std::string& folder, int rank) {
  std::ifstream file(path_of(folder, "locality.", rank));
  std::string head;
  std::getline(file, head);
  REQUIRE(head == "key\taccesses\tlocal\tsamples");
  std::map<Key, Counts> counts;
  Key key = 0;
  for (Counts of_key; file >> key >> of_key.accesses >> of_key.local >> of_key.samples;) counts[key] = of_key;
  return counts;
}

Counts sum_of(const std::map<Key, Counts>& counts) {
  Counts sum;
  for (const auto& [key, of_key] : counts) {
    sum.accesses += of_key.accesses;
    sum.local += of_key.local;
    sum.samples += of_key.samples;
  }
  return sum;
}

/// How many events of each kind.
std::map<std::string, std::uint64_t> kinds_of(const std::vector<Line>& lines) {
  std::map<std::string, std::uint64_t> kinds;
  for (const Line& line : lines) ++kinds[line.event];
  return kinds;
}

Options tracing(const SharedFolder& folder, const std::string& keys) {
  Options options = test::options();
  options.trace_keys = keys;
  options.trace_out = folder.path("trace");
  return options;
}

constexpr Key num_keys = 40;

/// One key is wanted by all ranks, the others by some at a time. Counts, by key, what this worker accesses.
void work(Worker<V>& worker, int index, std::map<Key, std::uint64_t>& accessed) {
  auto random = generator(index);
  const int steps = scaled(400);
  std::vector<std::vector<Key>> keys;
  for (int step = 0; step < steps; ++step) {
    std::vector<Key> of_step = distinct_keys(random, 4, num_keys - 2);
    of_step.push_back(num_keys - 1);
    worker.intent(of_step, worker.current_clock() + step, worker.current_clock() + step + 1);
    keys.push_back(std::move(of_step));
  }
  std::vector<V> values(5, 1);
  for (const std::vector<Key>& of_step : keys) {
    if (worker.current_clock() % 20 == 0) worker.wait_sync();  // intents are acted on in rounds
    worker.wait(worker.pull(of_step, values));
    worker.push(of_step, values);
    for (const Key key : of_step) accessed[key] += 2;
    worker.advance_clock();
  }
  worker.wait_all();
}

/// Main copies of all ranks: each leaves the rank that it came to last, for the one where it arrives next.
void check_moves(const std::string& folder, int ranks) {
  std::vector<std::pair<int, Line>> moves;
  for (int rank = 0; rank < ranks; ++rank)
    for (const Line& line : events_in(folder, rank))
      if (line.event == "moved_out" || line.event == "moved_in" || line.event == "promoted")
        moves.emplace_back(rank, line);
  const auto earlier = [](const auto& a, const auto& b) { return a.second.time < b.second.time; };
  std::stable_sort(moves.begin(), moves.end(), earlier);
  std::map<std::string, int> owner, on_its_way_to;
  int wrong = 0;
  for (const auto& [rank, move] : moves) {
    const int other = std::stoi(move.where);
    if (move.event == "moved_out") {
      const int home = std::stoi(move.key) % ranks;
      if (owner.try_emplace(move.key, home).first->second != rank || on_its_way_to.contains(move.key)) ++wrong;
      on_its_way_to[move.key] = other;
    } else {
      const auto under_way = on_its_way_to.find(move.key);
      if (under_way == on_its_way_to.end() || under_way->second != rank || owner[move.key] != other) ++wrong;
      on_its_way_to.erase(move.key);
      owner[move.key] = rank;
    }
  }
  CHECK(wrong == 0);
  CHECK(on_its_way_to.empty());
}

}  // namespace

TEST_CASE("a trace of all keys agrees with what was counted, and the ranks' with each other") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  const SharedFolder folder;
  std::vector<std::map<Key, std::uint64_t>> accessed(static_cast<std::size_t>(threads));
  Statistics counted;
  std::vector<double> sums;
  {
    Store<V> store(ValueLayout::uniform(num_keys, 1), tracing(folder, "all"));
    run_workers(store, threads, [&](Worker<V>& worker, int index) {
      work(worker, index, accessed[static_cast<std::size_t>(index)]);
    });
    store.close();
    counted = store.statistics();
  }
  const std::string out = folder.path("trace");
  auto kinds = kinds_of(events_in(out, world_rank()));
  CHECK(kinds["intent_signalled"] == counted.intents);
  CHECK(kinds["intent_begun"] == kinds["intent_ended"]);
  CHECK(kinds["moved_in"] + kinds["promoted"] == counted.moves_in);
  CHECK(kinds["moved_out"] == counted.moves_out);
  CHECK(kinds["replica_set_up"] == counted.replicas_set_up);
  CHECK(kinds["replica_dropped"] == counted.replicas_dropped);
  CHECK(kinds["replica_set_up"] == kinds["replica_dropped"] + kinds["promoted"] + counted.replicas_held);
  CHECK(kinds["share_begun"] == counted.shares_begun);
  if (!keys_stay()) CHECK(kinds["share_begun"] == kinds["share_ended"] + counted.shares_held);
  CHECK(kinds["update_sent"] >= counted.updates_sent);  // last updates go with releases
  CHECK(kinds["round"] == counted.rounds);

  std::map<Key, Counts> counts = counts_in(out, world_rank());
  for (const auto& of_worker : accessed)
    for (const auto& [key, times] : of_worker) counts[key].accesses -= times;
  CHECK(sum_of(counts).accesses == 0);
  CHECK(std::all_of(counts.begin(), counts.end(), [](const auto& of_key) { return of_key.second.accesses == 0; }));
  AccessCounts accesses = counted.pulled;
  accesses += counted.pushed;
  CHECK(sum_of(counts).local == accesses.local + accesses.replica + accesses.shared);

  std::array<std::uint64_t, 5> own{counted.moves_in, counted.moves_out, kinds["refreshed"], counted.refreshes_sent,
                                   kinds["intent_begun"]};
  std::array<std::uint64_t, 5> all{};
  MPI_Allreduce(own.data(), all.data(), 5, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
  CHECK(all[0] == all[1]);
  CHECK(all[2] == all[3]);
  CHECK((all[4] > 0) == !keys_stay());
  if (world_rank() == 0) check_moves(out, world_size());
}

TEST_CASE("an access is traced with its clock and where the key was found") {
  const SharedFolder folder;
  {
    Store<V> store(ValueLayout::uniform(num_keys, 1), tracing(folder, "5,7"));
    Worker<V> worker(store);
    std::vector<V> values(3, 1);
    for (int step = 0; step < 3; ++step) {
      worker.push(std::vector<Key>{4, 5, 6}, values);
      worker.push(std::vector<Key>{4, 5, 6}, values);
      worker.advance_clock();
    }
    settle(worker);
  }
  const std::vector<Line> lines = events_in(folder.path("trace"), world_rank());
  const bool is_home = 5 % world_size() == world_rank();
  int accesses = 0;
  for (const Line& line : lines) {
    if (line.event != "access") continue;
    CHECK(line.key == "5");
    CHECK(line.thread == "0");
    CHECK(line.clock == std::to_string(accesses++));
    CHECK((line.where == "local") == is_home);
  }
  CHECK(accesses == 3);
  CHECK(counts_in(folder.path("trace"), world_rank()) == std::map<Key, Counts>{{5, {6, is_home || keys_stay() ? 6U : 0U, 0}}});
}

TEST_CASE("keys of samples are counted as such") {
  const SharedFolder folder;
  const std::size_t drawn = static_cast<std::size_t>(scaled(100));
  {
    Store<V> store(ValueLayout::uniform(num_keys, 1), tracing(folder, "all"));
    store.set_distribution(std::make_shared<const UniformDistribution>(0, num_keys));
    Worker<V> worker(store);
    const SampleId sample = worker.prepare_sample(drawn, 0, 1);
    std::vector<Key> keys(drawn);
    std::vector<V> values(drawn);
    worker.wait(worker.pull_sample(sample, keys, values));
    worker.finish_sample(sample);
    pull_now(worker, store.layout(), all_keys(num_keys));
  }
  const Counts sum = sum_of(counts_in(folder.path("trace"), world_rank()));
  CHECK(sum.samples == drawn);
  CHECK(sum.accesses == drawn + num_keys);
}

TEST_CASE("events beyond the limit are dropped, and the file says how many; counts go on") {
  const SharedFolder folder;
  Options options = tracing(folder, "all");
  options.trace_events = GENERATE(std::uint64_t{0}, std::uint64_t{20});
  {
    Store<V> store(ValueLayout::uniform(num_keys, 1), options);
    run_workers(store, 1, [&](Worker<V>& worker, int) {
      std::vector<V> values(num_keys, 1);
      worker.push(all_keys(num_keys), values);
    });
  }
  CHECK(events_in(folder.path("trace"), world_rank()).size() <= options.trace_events);
  CHECK(sum_of(counts_in(folder.path("trace"), world_rank())).accesses == num_keys);
  std::ifstream file(path_of(folder.path("trace"), "trace.", world_rank()));
  std::string dropped;
  for (std::string line; std::getline(file, line) && line.starts_with("#");) dropped = line;
  REQUIRE(dropped.starts_with("# events not kept "));
  CHECK(std::stoull(dropped.substr(dropped.rfind(' '))) >= num_keys - options.trace_events);
}

TEST_CASE("a store that fails leaves its trace") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(num_keys, 1), tracing(folder, "all"));
  const auto run = [&] {
    run_workers(store, 1, [&](Worker<V>& worker, int) {
      std::vector<V> values(num_keys, 1);
      worker.push(all_keys(num_keys), values);
      worker.barrier();
      if (store.rank() == 0) throw std::logic_error("on purpose");
      for (;;) worker.barrier();
    });
  };
  if (store.rank() == 0) {
    CHECK_THROWS_AS(run(), std::logic_error);
  } else {
    CHECK_THROWS_AS(run(), StoreFailure);
  }
  CHECK_THROWS_AS(store.close(), StoreFailure);
  CHECK(sum_of(counts_in(folder.path("trace"), world_rank())).accesses == num_keys);
  CHECK(kinds_of(events_in(folder.path("trace"), world_rank()))["access"] == num_keys);
}

TEST_CASE("keys that are not there, and folders that cannot be written, are refused on all ranks") {
  const SharedFolder folder;
  const auto opens = [](const Options& options) { Store<float>(ValueLayout::uniform(3, 1), options); };
  CHECK_THROWS_WITH(opens(tracing(folder, "1,3")), Catch::Contains("--sys.trace.keys"));
  CHECK_THROWS_WITH(opens(tracing(folder, "random-4")), Catch::Contains("--sys.trace.keys"));
  Options options = tracing(folder, "1");
  options.trace_out = "/dev/null/below";
  CHECK_THROWS_AS(opens(options), ConfigurationError);
  CHECK_THROWS_WITH(opens(options), Catch::Contains("--sys.trace.out") && Catch::Contains("rank 0"));
}

}  // namespace adapm::test
