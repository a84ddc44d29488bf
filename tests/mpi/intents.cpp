// When intents are acted on, when what they brought goes away again, and how far memory grows with them.
#include <limits>
#include <thread>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
using Keys = std::vector<Key>;

bool is_local(Worker<std::int64_t>& worker, Key key) {
  Values value(1);
  return worker.pull_if_local(key, value);
}

/// A key that starts on the next rank, different on each rank.
Key neighbours_key(const Store<std::int64_t>& store) {
  return static_cast<Key>((store.rank() + 1) % store.num_ranks());
}

Options timing(double estimate) {
  Options result = options();
  result.timing_initial_estimate = estimate;
  result.timing_autotune = false;
  return result;
}

TEST_CASE("an intent that starts late is not acted on early, but in time") {
  if (keys_stay()) return;
  constexpr Clock start = 1'000'000;
  Options timed = options();
  timed.time_intent_actions = true;
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), timed);
  Worker<std::int64_t> worker(store);
  const Key key = neighbours_key(store);
  worker.intent(Keys{key}, start, start + 10);
  for (int i = 0; i < 5; ++i) {
    settle(worker);
    CHECK_FALSE(is_local(worker, key));
    worker.advance_clock();
  }
  worker.barrier();
  CHECK(store.total_statistics().replicas_set_up + store.total_statistics().moves_in == 0);
  advance_to(worker, start);
  settle(worker);
  CHECK(is_local(worker, key));
  worker.barrier();
}

TEST_CASE("a worker may begin at a later clock, and intents before it are over") {
  if (keys_stay()) return;
  constexpr Clock first = 1'000'000'000;
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), options());
  Worker<std::int64_t> worker(store, first);
  CHECK(worker.current_clock() == first);
  const Key key = neighbours_key(store);
  worker.intent(Keys{key}, 0, first);
  settle(worker);
  CHECK_FALSE(is_local(worker, key));
  worker.intent(Keys{key}, first, first + 1);
  settle(worker);
  CHECK(is_local(worker, key));
  worker.advance_clock();
  CHECK(worker.current_clock() == first + 1);
  worker.barrier();
}

TEST_CASE("the horizon covers as many clocks as a round is assumed to take") {
  if (keys_stay()) return;
  const auto [estimate, reached] = GENERATE(table<double, bool>({{1.0, false}, {1000.0, true}}));
  CAPTURE(estimate);
  Options timed = timing(estimate);
  timed.time_intent_actions = true;
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), timed);
  Worker<std::int64_t> worker(store);
  worker.intent(Keys{neighbours_key(store)}, 100, 110);
  settle(worker);
  CHECK(is_local(worker, neighbours_key(store)) == reached);
  worker.barrier();
}

TEST_CASE("without action timing an intent is acted on at once") {
  if (keys_stay()) return;
  Options untimed = options();
  untimed.time_intent_actions = false;
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), untimed);
  Worker<std::int64_t> worker(store);
  worker.intent(Keys{neighbours_key(store)}, 1'000'000, 1'000'010);
  settle(worker);
  CHECK(is_local(worker, neighbours_key(store)));
  worker.barrier();
}

TEST_CASE("an intent whose end has passed is ignored") {
  if (keys_stay()) return;
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), options());
  Worker<std::int64_t> worker(store);
  advance_to(worker, 10);
  worker.intent(Keys{neighbours_key(store)}, 0, 10);
  settle(worker);
  CHECK_FALSE(is_local(worker, neighbours_key(store)));
  worker.barrier();
}

TEST_CASE("an intent ends with its clock, and the replicas with it") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  constexpr std::uint64_t num_keys = 50;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, 4), options());
  const auto ranks = static_cast<std::uint64_t>(store.num_ranks());
  Statistics during;
  Statistics after;
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings&) {
        worker.intent(all_keys(num_keys), 0, 5 + index);
        settle(worker);
        if (index == 0) during = store.total_statistics();
        worker.barrier();
        advance_to(worker, 5 + threads);
        settle(worker);
        if (index == 0) after = store.total_statistics();
        worker.barrier();
      });
  CHECK(findings == "");
  const bool replicates = store.options().techniques != Techniques::relocation_only;
  CHECK((keys_stay() ? during.shares_held : during.replicas_held) == (replicates ? num_keys * (ranks - 1) : 0));
  CHECK((keys_stay() ? during.replicas_held : during.shares_held) == 0);
  // What may not be replicated and is wanted by several is on its way at any time.
  if (replicates) CHECK(during.owned_keys == num_keys);
  CHECK(after.replicas_held == 0);
  CHECK(after.shares_held == during.shares_held);
  CHECK(after.owned_keys == num_keys);
}

TEST_CASE("a worker's intents end with the worker") {
  Store<std::int64_t> store(ValueLayout::uniform(20, 1), options());
  Worker<std::int64_t> staying(store);
  {
    Worker<std::int64_t> leaving(store);
    leaving.intent(all_keys(20), 0, clock_forever);
    leaving.wait_sync();
  }
  settle(staying);
  CHECK(store.total_statistics().replicas_held == 0);
  CHECK(store.total_statistics().owned_keys == 20);
}

TEST_CASE("techniques decide what happens to keys") {
  Store<std::int64_t> store(ValueLayout::uniform(30, 1), options());
  Worker<std::int64_t> worker(store);
  auto random = generator();
  for (int i = 0; i < 20; ++i) {
    worker.intent(distinct_keys(random, 10, 30), worker.current_clock(), worker.current_clock() + 3);
    worker.wait_sync();
    worker.advance_clock();
  }
  // All intents over, and what follows from that done: nothing moves while the ranks count.
  advance_to(worker, worker.current_clock() + 3);
  for (int i = 0; i < 3; ++i) settle(worker);
  const Statistics total = store.total_statistics();
  worker.barrier();
  const Techniques techniques = store.options().techniques;
  CHECK((total.replicas_set_up > 0) == (!keys_stay() && techniques != Techniques::relocation_only));
  CHECK((total.moves_in > 0) == (!keys_stay() && techniques != Techniques::replication_only));
  CHECK(total.shares_begun == 0);
  CHECK(total.moves_in == total.moves_out);
}

/// The keys of `worker`'s rank move or are copied to it; more than one round may pass until there is room for all.
bool comes_here(Worker<double>& worker, const ValueLayout& layout, const Keys& keys, bool mine) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    settle(worker);
    bool here = true;
    std::vector<double> value(layout.length(0));
    for (const Key key : keys) here = here && worker.pull_if_local(key, value);
    const bool done = on_all_ranks(here || !mine);
    if (done) return true;
  }
  return false;
}

TEST_CASE("one rank after the other can come to hold every key") {
  constexpr std::uint64_t num_keys = 20'000;
  constexpr std::size_t length = 16;
  Store<double> store(ValueLayout::uniform(num_keys, length), options());
  Worker<double> worker(store);
  const Keys keys = all_keys(num_keys);
  std::vector<double> values(num_keys * length);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  worker.begin_setup();
  if (store.rank() == 0) worker.set(keys, values);
  worker.end_setup();
  for (const int holder : {0, store.num_ranks() - 1}) {
    CAPTURE(holder);
    const bool mine = store.rank() == holder;
    if (mine) worker.intent(keys, worker.current_clock(), worker.current_clock() + 5);
    REQUIRE(comes_here(worker, store.layout(), keys, mine));
    const Statistics statistics = store.statistics();
    if (mine) CHECK(statistics.owned_keys + statistics.replicas_held + statistics.shares_held == num_keys);
    if (mine) CHECK(worker.pull(keys, values).immediate());
    worker.barrier();
    advance_to(worker, worker.current_clock() + 5);
    settle(worker);
  }
  CHECK(store.total_statistics().owned_keys == num_keys);
  const auto found = pull_now(worker, store.layout(), keys);
  worker.barrier();
  bool equal = true;
  for (std::size_t i = 0; i < found.size(); ++i) equal = equal && found[i] == static_cast<double>(i);
  CHECK(equal);
}

/// Lets `count` rounds pass without asking for one. Rounds may rest when nothing happens, so something does.
void let_rounds_pass(const Store<std::int64_t>& store, Worker<std::int64_t>& worker, std::uint64_t count) {
  const std::uint64_t target = store.statistics().rounds + count;
  const Keys spare{static_cast<Key>(store.num_ranks() + store.rank())};  // this rank's own
  while (store.statistics().rounds < target) {
    worker.intent(spare, worker.current_clock());
    worker.advance_clock();
    std::this_thread::yield();
  }
}

/// Ranks 0 and 1 hold key 0, which starts on rank 0; rank 1's copy is a replica.
class Threshold {
 public:
  explicit Threshold(double threshold)
      : store(ValueLayout::uniform(8, 2), with(threshold)), worker(store) {
    // Rank 0 first: else the key might move to whoever asks before it.
    if (store.rank() == 0) worker.intent(Keys{0}, 0, clock_forever);
    settle(worker);
    if (store.rank() != 0) worker.intent(Keys{0}, 0, clock_forever);
    settle(worker);
  }
  void push(std::int64_t amount) {
    if (store.rank() == 1) worker.push(Keys{0}, Values{amount, 0});
    worker.barrier();
  }
  [[nodiscard]] std::int64_t value() {
    Values value{-1, -1};
    return worker.pull_if_local(0, value) ? value[0] : -1;
  }
  void pass_rounds() {
    let_rounds_pass(store, worker, 10);
    worker.barrier();
  }
  /// Returns when rank 0 sees `expected`; the watchdog ends it if that never happens.
  void await_on_rank_0(std::int64_t expected) {
    while (store.rank() == 0 && value() != expected) let_rounds_pass(store, worker, 1);
    worker.barrier();
  }

  Store<std::int64_t> store;
  Worker<std::int64_t> worker;

 private:
  static Options with(double threshold) {
    Options result = options();
    result.sync_threshold = threshold;
    return result;
  }
};

bool no_replicas() { return keys_stay() || options().techniques == Techniques::relocation_only; }

TEST_CASE("updates below the threshold wait, and wait_sync sends them") {
  if (no_replicas()) return;
  Threshold at(5);
  at.push(3);
  at.pass_rounds();
  if (at.store.rank() == 0) CHECK(at.value() == 0);
  if (at.store.rank() == 1) CHECK(at.value() == 3);
  at.worker.barrier();  // nobody goes on before all have looked
  at.push(4);
  at.await_on_rank_0(7);
  at.push(1);
  settle(at.worker);
  CHECK(at.value() == 8);
  at.worker.barrier();
}

TEST_CASE("with an infinite threshold only wait_sync and the end of a replica send updates") {
  if (no_replicas()) return;
  Threshold at(std::numeric_limits<double>::infinity());
  at.push(1000);
  at.pass_rounds();
  if (at.store.rank() == 0) CHECK(at.value() == 0);
  at.worker.barrier();  // nobody goes on before all have looked
  settle(at.worker);
  CHECK(at.value() == 1000);
  at.worker.barrier();
}

TEST_CASE("a replica that is dropped sends its last update, whatever the threshold") {
  if (no_replicas()) return;
  Options unsent = options();
  unsent.sync_threshold = std::numeric_limits<double>::infinity();
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), unsent);
  Worker<std::int64_t> worker(store);
  const Clock end = store.rank() == 1 ? 1000 : clock_forever;
  worker.intent(Keys{0}, 0, end);
  settle(worker);
  if (store.rank() == 1) {
    worker.push(Keys{0}, Values{5});
    advance_to(worker, end);
  }
  while (store.rank() == 0 && pull_now(worker, store.layout(), {0})[0] != 5) let_rounds_pass(store, worker, 1);
  worker.barrier();
}

TEST_CASE("a negative threshold sends updates without a push, the default sends nothing for idle replicas") {
  if (no_replicas()) return;
  const double threshold = GENERATE(-1.0, 0.0);
  CAPTURE(threshold);
  Threshold at(threshold);
  settle(at.worker);
  const Statistics before = at.store.total_statistics();
  at.pass_rounds();
  const Statistics after = at.store.total_statistics();
  CHECK((after.updates_sent > before.updates_sent) == (threshold < 0));
  if (threshold == 0) CHECK(after.refreshes_sent == before.refreshes_sent);
  CHECK(at.value() == 0);
  at.worker.barrier();
}

}  // namespace
}  // namespace adapm::test
