// `set` replaces the main copy, and pushes from everywhere add to it.
#include <numeric>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
const std::vector<Key> hot{9};

TEST_CASE("a set is what the next pull returns, and pushes add to it exactly") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  const int rounds = scaled(50);
  Store<std::int64_t> store(ValueLayout::uniform(36, 2), options());
  const std::int64_t workers = std::int64_t{store.num_ranks()} * threads;
  const std::int64_t sum_of_ids = workers * (workers - 1) / 2;
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        const std::int64_t id = std::int64_t{store.rank()} * threads + index;
        const Values update{id, 2 * id};
        for (int round = 0; round < rounds; ++round) {
          Values base(2);
          if (id == 0) {
            base = {static_cast<std::int64_t>(below(random, 1'000'000)), 7};
            worker.wait(worker.set(hot, base));
            found.expect(pull_now(worker, store.layout(), hot) == base, "a pull after the set in round", round);
          }
          worker.barrier();
          worker.intent(hot, worker.current_clock() + 10);
          PullQueue<std::int64_t> pulls(worker, store.layout(), 10);
          const auto ignore = [](const auto&, const auto&) {};
          for (int i = 0; i < 100; ++i) {
            worker.push(hot, update);
            pulls.pull(hot, ignore);
            worker.advance_clock();
          }
          pulls.finish(ignore);
          advance_to(worker, worker.current_clock() + 10);  // no intent is live at the next set
          settle(worker);
          const Values expected{base[0] + 100 * sum_of_ids, base[1] + 200 * sum_of_ids};
          if (id == 0) {
            found.expect(pull_now(worker, store.layout(), hot) == expected, "the sum in round", round);
          }
          worker.barrier();
        }
      });
  CHECK(findings == "");
}

TEST_CASE("replicas everywhere follow a set") {
  Store<std::int64_t> store(ValueLayout::uniform(8, 2), options());
  Worker<std::int64_t> worker(store);
  const auto keys = all_keys(8);
  worker.intent(keys, 0, clock_forever);
  settle(worker);
  for (int round = 1; round <= scaled(50); ++round) {
    const int setter = round % store.num_ranks();
    Values values(16);
    std::iota(values.begin(), values.end(), round * 1000);
    if (store.rank() == setter) worker.wait(worker.set(keys, values));
    settle(worker);
    const Values found = pull_now(worker, store.layout(), keys);
    worker.barrier();
    REQUIRE(found == values);
  }
}

TEST_CASE("a set that meets pushes to replicas replaces what was merged and keeps the rest") {
  constexpr std::int64_t pushes = 200;
  constexpr std::int64_t base = 1'000'000;
  Store<std::int64_t> store(ValueLayout::uniform(4, 1), options());
  Worker<std::int64_t> worker(store);
  const std::vector<Key> key{3};
  worker.intent(key, 0, clock_forever);
  settle(worker);
  for (int round = 0; round < scaled(30); ++round) {
    for (std::int64_t i = 0; i < pushes; ++i) {
      worker.push(key, Values{1});
      if (store.rank() == 0 && i == pushes / 2) worker.wait(worker.set(key, Values{base}));
    }
    settle(worker);
    const std::int64_t value = pull_now(worker, store.layout(), key)[0];
    worker.barrier();
    // Rank 0's second half certainly came after the set.
    REQUIRE(value >= base + pushes / 2 - 1);
    REQUIRE(value <= base + pushes * store.num_ranks());
    std::vector<double> lowest{double(value)};
    std::vector<double> highest{double(value)};
    store.allreduce(lowest, Reduction::min);
    store.allreduce(highest, Reduction::max);
    REQUIRE(lowest == highest);
  }
}

TEST_CASE("if a key repeats in a set, its last value counts") {
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), options());
  Worker<std::int64_t> worker(store);
  if (store.rank() == 0) {
    worker.wait(worker.set(std::vector<Key>{1, 2, 1, 3, 2, 1}, Values{10, 20, 11, 30, 21, 12}));
    CHECK(pull_now(worker, store.layout(), {1, 2, 3}) == Values{12, 21, 30});
  }
  settle(worker);
  CHECK(pull_now(worker, store.layout(), {3, 2, 1}) == Values{30, 21, 12});
  worker.barrier();
}

}  // namespace
}  // namespace adapm::test
