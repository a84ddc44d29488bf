// Stores beside and after each other, on parts of the world, in a program that uses MPI itself; what they count; the
// set-up bracket, barriers and reductions.
#include <atomic>
#include <set>
#include <thread>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
using Keys = std::vector<Key>;

/// Every rank pushes 1 to every key, all must find the number of ranks everywhere; then they take it back.
template <ValueElement V>
bool works(Store<V>& store) {
  Worker<V> worker(store);
  const Keys keys = all_keys(store.layout().num_keys());
  worker.intent(Keys{keys[0], keys.back()}, 0, 100);
  const std::vector<V> ones(store.layout().total_length(keys), V(1));
  worker.push(keys, ones);
  settle(worker);
  const auto values = pull_now(worker, store.layout(), keys);
  worker.barrier();
  worker.push(keys, std::vector<V>(ones.size(), V(-1)));
  settle(worker);
  return std::ranges::all_of(values, [&](V value) { return value == V(store.num_ranks()); });
}

TEST_CASE("a store knows its ranks, its layout and its options") {
  Options given = options();
  given.sync_max_per_sec = 500;
  Store<double> store(ValueLayout::per_key({1, 2, 3}), given);
  CHECK(store.rank() == world_rank());
  CHECK(store.num_ranks() == world_size());
  CHECK(store.layout() == ValueLayout::per_key({1, 2, 3}));
  CHECK(store.options().sync_max_per_sec == 500);
}

TEST_CASE("stores can follow each other") {
  for (int i = 1; i <= scaled(10); ++i) {
    Store<std::int64_t> store(ValueLayout::uniform(static_cast<std::uint64_t>(100 * i), 2), options());
    REQUIRE(works(store));
    if (i % 2 == 0) store.close();
  }
}

TEST_CASE("stores can be open side by side") {
  Store<float> first(ValueLayout::uniform(50, 3), options());
  Store<std::int64_t> second(ValueLayout::per_key({5, 1, 9}), options());
  Store<double> third(ValueLayout::uniform(7, 1), options());
  CHECK(works(first));
  CHECK(works(second));
  const std::string findings = run_on_workers(third, 2, [&](Worker<double>& worker, int index, Findings& found) {
    for (int i = 0; i < scaled(200); ++i) {
      worker.push(Keys{3}, std::vector<double>{1.0});
      if (index == 0) {
        Worker<float> other(first);
        const std::vector<float> one = pull_now(other, first.layout(), {3});
        found.expect(one[0] == 0, "a push to the third store reached the first:", one[0]);
      }
    }
    settle(worker);
    const double expected = 2.0 * scaled(200) * third.num_ranks();
    found.expect(pull_now(worker, third.layout(), {3})[0] == expected, "a wrong sum in the third store");
    worker.barrier();
  });
  CHECK(findings == "");
  second.close();
  CHECK(works(first));
}

TEST_CASE("a store with fewer keys than ranks works") {
  Store<std::int64_t> store(ValueLayout::uniform(1, 1), options());
  CHECK(works(store));
}

TEST_CASE("a store works on a part of the world") {
  MPI_Comm part = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, world_rank() % 2, -world_rank(), &part);
  {
    Store<std::int64_t> store(ValueLayout::uniform(20, 2), options(), part);
    int size = 0;
    int rank = 0;
    MPI_Comm_size(part, &size);
    MPI_Comm_rank(part, &rank);
    CHECK(store.num_ranks() == size);
    CHECK(store.rank() == rank);
    CHECK(works(store));
  }
  MPI_Comm_free(&part);
}

TEST_CASE("the program may free its communicator while the store is open") {
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  Store<std::int64_t> store(ValueLayout::uniform(20, 2), options(), copy);
  MPI_Comm_free(&copy);
  CHECK(works(store));
}

TEST_CASE("the program may use MPI itself meanwhile") {
  Store<std::int64_t> store(ValueLayout::uniform(20, 2), options());
  std::string findings = "not run";
  std::jthread computing([&] {
    findings = run_on_workers(store, 1, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
      auto random = generator(index);
      for (int i = 0; i < scaled(500); ++i) {
        worker.intent(distinct_keys(random, 3, 20), worker.current_clock(), worker.current_clock() + 5);
        worker.push(all_keys(20), Values(40, 1));
        worker.advance_clock();
      }
      settle(worker);
      const Values values = pull_now(worker, store.layout(), all_keys(20));
      found.expect(values == Values(40, std::int64_t{scaled(500)} * store.num_ranks()), "wrong sums");
      worker.barrier();
    });
  });
  bool sums = true;
  for (int i = 0; i < scaled(100); ++i) {
    int one = 1;
    int sum = 0;
    MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    sums = sums && sum == world_size();
    std::vector<int> ring(1000, world_rank());
    const int next = (world_rank() + 1) % world_size();
    const int previous = (world_rank() + world_size() - 1) % world_size();
    MPI_Sendrecv_replace(ring.data(), 1000, MPI_INT, next, i, previous, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    sums = sums && ring[999] == previous;
  }
  computing.join();
  CHECK(sums);
  CHECK(findings == "");
}

TEST_CASE("after the set-up bracket everything is visible and nothing is counted yet") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  Store<std::int64_t> store(ValueLayout::uniform(30, 1), options());
  Statistics counted;
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        worker.begin_setup();
        if (store.rank() == 0 && index == 0) {
          worker.set(Keys{1, 2}, Values{100, 200});
          worker.push(Keys{3}, Values{300});
        }
        if (store.rank() == store.num_ranks() - 1 && index == 0) worker.push(Keys{4}, Values{400});
        worker.end_setup();
        if (index == 0) counted = store.statistics();
        worker.barrier();
        found.expect(pull_now(worker, store.layout(), {1, 2, 3, 4}) == Values{100, 200, 300, 400}, "not visible");
      });
  CHECK(findings == "");
  CHECK(counted.pulled.total() == 0);
  CHECK(counted.pushed.total() == 0);
  CHECK(counted.intents == 0);
}

TEST_CASE("accesses are counted by where the value was found") {
  Store<std::int64_t> store(ValueLayout::uniform(40, 1), options());
  Worker<std::int64_t> worker(store);
  const auto ranks = static_cast<Key>(store.num_ranks());
  const auto own = static_cast<Key>(store.rank());
  const Key next = (own + 1) % ranks;
  worker.begin_setup();
  if (own == 0) worker.intent(Keys{0}, 0, clock_forever);  // first, so that the key stays on rank 0
  settle(worker);
  worker.intent(Keys{0}, 0, clock_forever);
  worker.end_setup();
  Values values(3);
  worker.wait(worker.pull(Keys{own + ranks, own + 2 * ranks, next + 3 * ranks}, values));
  worker.wait(worker.push(Keys{own + ranks, 0}, Values{1, 1}));
  worker.barrier();
  const Statistics mine = store.statistics();
  const bool alone = ranks == 1;
  const bool own_hosts = !alone && store.options().one_host_per_rank;
  CHECK(mine.pulled.total() == 3);
  CHECK(mine.pulled.local == (alone ? 3 : 2));
  CHECK(mine.pulled.shared == (!alone && keys_stay() ? 1 : 0));
  CHECK(mine.pulled.neighbour == (own_hosts || keys_stay() ? 0 : 1));
  CHECK(mine.pulled.remote == (own_hosts ? 1 : 0));
  CHECK(mine.pushed.total() == 2);
  const bool wanted_by_several = own != 0 && store.options().techniques != Techniques::relocation_only;
  CHECK(mine.pushed.replica == (wanted_by_several && own_hosts ? 1 : 0));
  CHECK(mine.pushed.shared == (wanted_by_several && !own_hosts ? 1 : 0));
  CHECK(mine.pulled.local_share() == Approx(own_hosts ? 2.0 / 3 : 1));
  worker.barrier();
}

TEST_CASE("totals are the sums of the ranks' counters, and the same everywhere") {
  Store<std::int64_t> store(ValueLayout::uniform(40, 1), options());
  Worker<std::int64_t> worker(store);
  auto random = generator();
  for (int i = 0; i < 30; ++i) {
    worker.intent(distinct_keys(random, 5, 40), worker.current_clock() + 2, worker.current_clock() + 4);
    worker.push(distinct_keys(random, 7, 40), Values(7, 1));
    pull_now(worker, store.layout(), distinct_keys(random, 9, 40));
    worker.advance_clock();
  }
  settle(worker);
  const Statistics mine = store.statistics();
  const Statistics total = store.total_statistics();
  const auto ranks = static_cast<std::uint64_t>(store.num_ranks());
  CHECK(mine.intents == 150);
  CHECK(total.intents == 150 * ranks);
  CHECK(mine.pushed.total() == 210);
  CHECK(total.pushed.total() == 210 * ranks);
  CHECK(total.pulled.total() == 270 * ranks);
  CHECK(total.owned_keys == 40);
  CHECK(total.moves_in == total.moves_out);
  CHECK(total.replicas_held + total.replicas_dropped <= total.replicas_set_up);  // some became main copies
  CHECK(total.memory_bytes >= 40 * sizeof(std::int64_t));
  CHECK(total.seconds > 0);
  if (ranks > 1 && !keys_stay()) CHECK(mine.rounds > 0);
  std::vector<double> from_rank_0{store.rank() == 0 ? double(total.bytes_sent) : 0.0};
  store.allreduce(from_rank_0);
  CHECK(from_rank_0[0] == double(total.bytes_sent));
  const std::string table = format(total);
  CHECK(std::count(table.begin(), table.end(), '\n') >= 3);
  CHECK(table.back() == '\n');
}

TEST_CASE("a reduction combines the values of all ranks") {
  Store<float> store(ValueLayout::uniform(1, 1), options());
  const double rank = store.rank();
  const double ranks = store.num_ranks();
  for (int i = 0; i < scaled(50); ++i) {
    std::vector<double> sum{rank, 1.0, rank * i};
    std::vector<double> low{rank, -rank};
    std::vector<double> high{rank, -rank};
    store.allreduce(sum);
    store.allreduce(low, Reduction::min);
    store.allreduce(high, Reduction::max);
    const double ids = ranks * (ranks - 1) / 2;
    REQUIRE(sum == std::vector<double>{ids, ranks, ids * i});
    REQUIRE(low == std::vector<double>{0.0, 1 - ranks});
    REQUIRE(high == std::vector<double>{ranks - 1, 0.0});
  }
  std::vector<double> many(10'000, 1.0);
  store.allreduce(many);
  CHECK(many == std::vector<double>(10'000, ranks));
}

TEST_CASE("an interruption by any rank is seen by all, as often as there was one") {
  Store<std::int64_t> store(ValueLayout::uniform(4, 1), options());
  CHECK(store.interruptions() == 0);
  store.barrier();
  for (std::uint64_t times = 1; times <= 3; ++times) {
    const bool own = static_cast<int>(times) % store.num_ranks() == store.rank();
    if (own) store.interrupt();
    while (store.interruptions() < times) std::this_thread::yield();
    CHECK(store.interruptions() == times);
    store.barrier();
  }
  store.close();
  CHECK_THROWS_AS(store.interrupt(), UsageError);
}

TEST_CASE("nobody passes a barrier before all have come") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  Store<std::int64_t> store(ValueLayout::uniform(4, 1), options());
  const std::int64_t workers = std::int64_t{store.num_ranks()} * threads;
  std::atomic<int> arrived{0};
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int, Findings& found) {
        for (int i = 1; i <= scaled(50); ++i) {
          worker.wait(worker.push(Keys{1}, Values{1}));
          ++arrived;
          worker.barrier();
          found.expect(arrived.load() >= i * threads, "a worker of this rank is missing in round", i);
          worker.barrier();
        }
        settle(worker);
        found.expect(pull_now(worker, store.layout(), {1})[0] == workers * scaled(50), "pushes are missing");
        worker.barrier();
      });
  CHECK(findings == "");
  for (int i = 0; i < scaled(50); ++i) store.barrier();
}

}  // namespace
}  // namespace adapm::test
