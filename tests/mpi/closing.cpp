// How stores end: in good order, early on some ranks, with operations open, after a failure. Nothing may hang.
#include <functional>
#include <optional>
#include <stdexcept>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
using Keys = std::vector<Key>;

Store<std::int64_t> open_store() { return Store<std::int64_t>(ValueLayout::uniform(24, 1), options()); }

bool is_last(const Store<std::int64_t>& store) { return store.rank() == store.num_ranks() - 1; }

TEST_CASE("ranks that have called close go on serving the others") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  auto store = open_store();
  const int steps = scaled(200) * (1 + 3 * store.rank());
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        for (int step = 1; step <= steps; ++step) {
          worker.intent(distinct_keys(random, 2, 24), worker.current_clock() + 3, worker.current_clock() + 9);
          worker.wait(worker.push(all_keys(24), Values(24, 1)));
          for (const auto value : pull_now(worker, store.layout(), all_keys(24))) {
            found.expect(value >= step, "only", value, "of my own", step, "pushes are there");
          }
          worker.advance_clock();
        }
        worker.wait_sync();
      });
  CHECK(findings == "");
  CHECK_NOTHROW(store.close());
}

TEST_CASE("close may be called twice, and without any worker") {
  auto store = open_store();
  CHECK_NOTHROW(store.close());
  CHECK_NOTHROW(store.close());
}

TEST_CASE("operations under way are finished when a worker ends") {
  auto store = open_store();
  const std::int64_t pushes = scaled(500);
  {
    Worker<std::int64_t> worker(store);
    worker.intent(Keys{1, 2, 3}, 0, 10);
    for (std::int64_t i = 0; i < pushes; ++i) worker.push(all_keys(24), Values(24, 1));
  }
  if (store.rank() == 0) {
    Worker<std::int64_t> reader(store);
    const Values expected(24, pushes * store.num_ranks());
    while (pull_now(reader, store.layout(), all_keys(24)) != expected) reader.wait_sync();
  }
  CHECK_NOTHROW(store.close());
}

TEST_CASE("close waits for the operations of workers that are still there") {
  auto store = open_store();
  Worker<std::int64_t> worker(store);
  worker.begin_setup();
  if (store.rank() == 0) worker.set(all_keys(24), Values(24, 77));
  worker.end_setup();
  std::vector<Values> pulled(100, Values(24));
  for (Values& values : pulled) worker.pull(all_keys(24), values);
  store.close();
  CHECK(pulled == std::vector<Values>(100, Values(24, 77)));
}

TEST_CASE("after close every function of a worker is refused") {
  auto store = open_store();
  Worker<std::int64_t> worker(store);
  store.close();
  Values value(1);
  CHECK_THROWS_AS(worker.pull(Keys{1}, value), UsageError);
  CHECK_THROWS_AS(worker.push(Keys{1}, value), UsageError);
  CHECK_THROWS_AS(worker.set(Keys{1}, value), UsageError);
  CHECK_THROWS_AS(worker.pull_if_local(1, value), UsageError);
  CHECK_THROWS_AS(worker.intent(Keys{1}, 0, 5), UsageError);
  CHECK_THROWS_AS(worker.advance_clock(), UsageError);
  CHECK_THROWS_AS(worker.wait_sync(), UsageError);
  CHECK_THROWS_AS(worker.barrier(), UsageError);
  CHECK_THROWS_AS(Worker<std::int64_t>(store), UsageError);
}

TEST_CASE("a barrier that cannot be passed any more, because a rank has closed, is an error") {
  if (world_size() == 1) return;
  auto store = open_store();
  Worker<std::int64_t> worker(store);
  store.barrier();  // all workers are there
  if (!is_last(store)) CHECK_THROWS_AS(worker.barrier(), UsageError);
  CHECK_NOTHROW(store.close());
}

/// Calls `call` until it throws what it must: a store that has failed refuses every call sooner or later.
void call_until_failure(const std::function<void()>& call, const std::string& reason) {
  try {
    for (;;) call();
  } catch (const StoreFailure& failure) {
    CHECK_THAT(failure.what(), Catch::Contains(reason));
  }
}

TEST_CASE("when a worker throws, nobody waits for it") {
  enum class Waiting { barrier, sync, pull, push, reduction, close };
  const auto waiting = GENERATE(Waiting::barrier, Waiting::sync, Waiting::pull, Waiting::push, Waiting::reduction,
                                Waiting::close);
  CAPTURE(static_cast<int>(waiting));
  auto store = open_store();
  const auto throws = [&](Worker<std::int64_t>& worker, int index) {
    worker.intent(all_keys(24), 0, 100);
    worker.push(all_keys(24), Values(24, 1));
    worker.wait_sync();
    if (index == 1) throw std::runtime_error("deliberate");
    worker.barrier();
  };
  if (is_last(store)) {
    CHECK_THROWS_WITH(run_workers(store, 2, throws), "deliberate");
    CHECK_THROWS_AS(store.close(), StoreFailure);
    return;
  }
  const Key remote = static_cast<Key>(store.num_ranks() - 1);
  std::optional<Worker<std::int64_t>> worker(store);
  std::vector<double> one{1.0};
  call_until_failure(
      [&] {
        switch (waiting) {
          case Waiting::barrier: return worker->barrier();
          case Waiting::sync: return worker->wait_sync();
          case Waiting::pull: return static_cast<void>(pull_now(*worker, store.layout(), {remote}));
          case Waiting::push: return worker->wait(worker->push(Keys{remote}, Values{1}));
          case Waiting::reduction: return store.allreduce(one);
          case Waiting::close: worker.reset(); return store.close();
        }
      },
      "deliberate");
}

TEST_CASE("a store that goes out of scope because of an exception fails on all ranks") {
  const auto run = [] {
    auto store = open_store();
    Worker<std::int64_t> worker(store);
    if (is_last(store)) throw std::logic_error("outside of workers");
    for (;;) worker.barrier();
  };
  if (world_rank() == world_size() - 1) {
    CHECK_THROWS_AS(run(), std::logic_error);
  } else {
    CHECK_THROWS_AS(run(), StoreFailure);
  }
}

TEST_CASE("a program can let its store fail, with a reason that all ranks are told") {
  auto store = open_store();
  Worker<std::int64_t> worker(store);
  MPI_Barrier(MPI_COMM_WORLD);  // a worker of a store that has failed cannot be made
  if (is_last(store)) {
    store.fail("the disk is full");
    store.fail("another reason");
  }
  call_until_failure([&] { worker.barrier(); }, "the disk is full");
  Values value(1);
  CHECK_THROWS_AS(worker.pull(Keys{1}, value), StoreFailure);
  CHECK_THROWS_AS(worker.push(Keys{1}, value), StoreFailure);
  CHECK_THROWS_AS(worker.wait_sync(), StoreFailure);
  CHECK_THROWS_AS(store.barrier(), StoreFailure);
  CHECK_THROWS_AS(store.close(), StoreFailure);
}

TEST_CASE("after a store has failed another one can be opened") {
  {
    auto store = open_store();
    if (store.rank() == 0) store.fail("deliberate");
    call_until_failure([&] { store.barrier(); }, "deliberate");
  }
  auto store = open_store();
  Worker<std::int64_t> worker(store);
  worker.push(Keys{5}, Values{1});
  settle(worker);
  CHECK(pull_now(worker, store.layout(), {5})[0] == store.num_ranks());
  worker.barrier();
}

TEST_CASE("layouts that differ between ranks are refused on every rank") {
  if (world_size() == 1) return;
  const std::uint64_t num_keys = world_rank() == 1 ? 25 : 24;
  CHECK_THROWS_AS(Store<float>(ValueLayout::uniform(num_keys, 1), options()), ConfigurationError);
  const std::size_t length = world_rank() == 1 ? 2 : 1;
  CHECK_THROWS_AS(Store<float>(ValueLayout::uniform(24, length), options()), ConfigurationError);
  std::vector<std::uint32_t> lengths{1, 2, 3};
  if (world_rank() == 1) std::swap(lengths[0], lengths[2]);
  CHECK_THROWS_AS(Store<float>(ValueLayout::per_key(lengths), options()), ConfigurationError);
}

TEST_CASE("more values than a rank can have are refused on every rank") {
  constexpr std::uint32_t length = (std::uint32_t{1} << 31U) - 1;
  CHECK_THROWS_AS(Store<float>(ValueLayout::uniform(1 << 12, length), options()), ConfigurationError);
  std::vector<std::uint32_t> lengths(1 << 12, 1);
  for (std::size_t key = 0; key < lengths.size(); key += static_cast<std::size_t>(world_size())) lengths[key] = length;
  CHECK_THROWS_WITH(Store<float>(ValueLayout::per_key(lengths), options()), Catch::Contains("rank 0 would have"));
}

TEST_CASE("options that differ between ranks are refused on every rank, by name") {
  if (world_size() == 1) return;
  Options differing = options();
  if (world_rank() == 1) differing.sync_max_per_sec += 1;
  CHECK_THROWS_WITH(Store<float>(ValueLayout::uniform(24, 1), differing), Catch::Contains("sys.sync.max_per_sec"));
  Options other = options();
  if (world_rank() == 0) other.location_hints = !other.location_hints;
  CHECK_THROWS_AS(Store<float>(ValueLayout::uniform(24, 1), other), ConfigurationError);
}

}  // namespace
}  // namespace adapm::test
