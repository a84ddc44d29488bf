// What holds per key at every moment: no torn reads, every push once, one's own writes are seen; all of it while keys
// move and are replicated under the workers' hands.
#include <array>
#include <atomic>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
using Keys = std::vector<Key>;

/// Random intents that keep a few keys on the move.
void stir(Worker<std::int64_t>& worker, std::mt19937_64& random, std::uint64_t num_keys) {
  const auto now = worker.current_clock();
  const auto start = now + static_cast<Clock>(below(random, 20));
  worker.intent(distinct_keys(random, 1 + below(random, 2), num_keys), start,
                start + 1 + static_cast<Clock>(below(random, 30)));
}

TEST_CASE("a pull never sees half a push") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  constexpr std::uint64_t num_keys = 6;
  constexpr std::size_t length = 300;  // several cache lines, several pages of a message
  const int steps = scaled(15'000);
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), options());
  std::vector<double> pushed(num_keys, 0.0);
  std::mutex mutex;
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        std::array<double, num_keys> own{};
        PullQueue<std::int64_t> pulls(worker, store.layout(), 8);
        const auto whole = [&](const Keys& keys, const Values& values) {
          for (std::size_t k = 0; k < keys.size(); ++k) {
            const auto* value = &values[k * length];
            found.expect(std::all_of(value, value + length, [&](auto v) { return v == *value; }), "key", keys[k],
                         "is torn");
          }
        };
        for (int step = 0; step < steps; ++step) {
          if (below(random, 10) == 0) stir(worker, random, num_keys);
          const Key key = below(random, num_keys);
          const auto amount = static_cast<std::int64_t>(1 + below(random, 5));
          const Ticket push = worker.push(Keys{key}, Values(length, amount));
          own[key] += static_cast<double>(amount);
          if (step % 16 == 0) worker.wait(push);
          pulls.pull(distinct_keys(random, 2, num_keys), whole);
          worker.advance_clock();
        }
        pulls.finish(whole);
        settle(worker);
        const std::lock_guard lock(mutex);
        for (Key key = 0; key < num_keys; ++key) pushed[key] += own[key];
      });
  CHECK(findings == "");
  store.allreduce(pushed);
  Worker<std::int64_t> worker(store);
  for (Key key = 0; key < num_keys; ++key) {
    const Values value = pull_now(worker, store.layout(), {key});
    CHECK(value == Values(length, static_cast<std::int64_t>(pushed[key])));
  }
  worker.barrier();
}

TEST_CASE("a set is seen whole") {
  if (world_size() == 1) return;
  constexpr std::size_t length = 100;
  Store<std::int64_t> store(ValueLayout::uniform(2, length), options());
  const std::string findings =
      run_on_workers(store, 2, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        for (int step = 0; step < scaled(1'500); ++step) {
          if (below(random, 10) == 0) stir(worker, random, 2);
          const auto amount = static_cast<std::int64_t>(below(random, 1'000'000));
          if (below(random, 4) == 0) worker.wait(worker.set(Keys{1}, Values(length, amount)));
          const Values value = pull_now(worker, store.layout(), {1});
          found.expect(value == Values(length, value[0]), "a value was torn");
          worker.advance_clock();
        }
      });
  CHECK(findings == "");
}

/// Element i of every value belongs to worker i of all ranks: only it adds to it, so it knows what must be there.
TEST_CASE("after its push is done a worker reads exactly what it wrote, wherever the key is") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  constexpr std::uint64_t num_keys = 5;
  const int steps = scaled(4'000);
  const auto length = static_cast<std::size_t>(world_size() * threads);
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), options());
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        const auto mine = static_cast<std::size_t>(store.rank() * threads + index);
        Values written(num_keys, 0);
        Values update(length, 0);
        update[mine] = 1;
        for (int step = 0; step < steps; ++step) {
          if (below(random, 8) == 0) stir(worker, random, num_keys);
          const Key key = below(random, num_keys);
          worker.wait(worker.push(Keys{key}, update));
          ++written[key];
          const Key read = below(random, 2) == 0 ? key : below(random, num_keys);
          const std::int64_t value = pull_now(worker, store.layout(), {read})[mine];
          found.expect(value == written[read], "step", step, "key", read, "has", value, "not", written[read]);
          worker.advance_clock();
        }
        settle(worker);
        for (Key key = 0; key < num_keys; ++key) {
          found.expect(pull_now(worker, store.layout(), {key})[mine] == written[key], "at the end key", key);
        }
      });
  CHECK(findings == "");
}

TEST_CASE("workers of the same rank see each other's pushes once they are done") {
  constexpr std::uint64_t num_keys = 4;
  const auto length = static_cast<std::size_t>(world_size());
  const int steps = scaled(4'000);
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), options());
  const auto mine = static_cast<std::size_t>(store.rank());
  std::array<std::atomic<std::int64_t>, num_keys> done{};
  std::atomic<bool> writing{true};
  const std::string findings =
      run_on_workers(store, 2, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        Values update(length, 0);
        update[mine] = 1;
        for (int step = 0; index == 0 ? step < steps : writing.load(); ++step) {
          if (below(random, 8) == 0) stir(worker, random, num_keys);
          const Key key = below(random, num_keys);
          if (index == 0) {
            worker.wait(worker.push(Keys{key}, update));
            ++done[key];
          } else {
            const std::int64_t bound = done[key].load();
            const std::int64_t value = pull_now(worker, store.layout(), {key})[mine];
            found.expect(value >= bound, "key", key, "has", value, "but", bound, "pushes were done");
          }
          worker.advance_clock();
        }
        if (index == 0) writing = false;
      });
  CHECK(findings == "");
}

TEST_CASE("after wait_sync on all workers and a barrier all copies are equal, every time") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  constexpr std::uint64_t num_keys = 10;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, 2), options());
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        const std::int64_t workers = std::int64_t{store.num_ranks()} * threads;
        for (int round = 1; round <= scaled(150); ++round) {
          stir(worker, random, num_keys);
          worker.push(all_keys(num_keys), Values(2 * num_keys, 1));
          worker.advance_clock();
          settle(worker);
          for (Key key = 0; key < num_keys; ++key) {
            const Values value = pull_now(worker, store.layout(), {key});
            found.expect(value == Values(2, workers * round), "round", round, "key", key, "has", value[0], "not",
                         workers * round);
          }
          worker.barrier();
        }
      });
  CHECK(findings == "");
}

}  // namespace
}  // namespace adapm::test
