// The access functions one by one: key lists of every kind, value lengths and types, misuse, tickets.
#include <fstream>
#include <numeric>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
using Keys = std::vector<Key>;

TEST_CASE("a key that repeats in a push is added each time, in a pull filled each time") {
  Store<std::int64_t> store(ValueLayout::uniform(12, 2), options());
  Worker<std::int64_t> worker(store);
  const Keys keys{5, 6, 5, 7, 5, 0, 6};
  Values updates(2 * keys.size());
  std::iota(updates.begin(), updates.end(), 1);
  worker.wait(worker.push(keys, updates));
  settle(worker);
  const std::int64_t ranks = store.num_ranks();
  Values expected;  // by key 0, 5, 6, 7: the sums of its positions' updates
  for (const std::int64_t sum : {11, 12, 1 + 5 + 9, 2 + 6 + 10, 3 + 13, 4 + 14, 7, 8}) expected.push_back(sum * ranks);
  CHECK(pull_now(worker, store.layout(), {0, 5, 6, 7}) == expected);
  const Values repeated = pull_now(worker, store.layout(), {7, 0, 7, 5, 0});
  CHECK(repeated == Values{expected[6], expected[7], expected[0], expected[1], expected[6], expected[7], expected[2],
                           expected[3], expected[0], expected[1]});
  worker.barrier();
}

TEST_CASE("keys that repeat in an intent count once") {
  Store<std::int64_t> store(ValueLayout::uniform(6, 1), options());
  Worker<std::int64_t> worker(store);
  worker.intent(Keys{1, 1, 2, 1, 2}, 0, 3);
  worker.intent(Keys{1}, 0, 2);
  settle(worker);
  advance_to(worker, 3);
  settle(worker);
  CHECK(store.total_statistics().replicas_held == 0);
  CHECK(store.total_statistics().owned_keys == 6);
}

TEST_CASE("empty lists are done at once and change nothing") {
  Store<std::int64_t> store(ValueLayout::uniform(4, 3), options());
  Worker<std::int64_t> worker(store);
  Values none;
  CHECK(worker.pull(Keys{}, none).immediate());
  CHECK(worker.push(Keys{}, none).immediate());
  CHECK(worker.set(Keys{}, none).immediate());
  CHECK_NOTHROW(worker.intent(Keys{}, 0, 5));
  CHECK_NOTHROW(worker.wait(Ticket{}));
  CHECK(worker.is_done(Ticket{}));
  settle(worker);
  CHECK(pull_now(worker, store.layout(), all_keys(4)) == Values(12, 0));
  worker.barrier();
}

TEST_CASE("lists of a million keys work") {
  const auto num_keys = static_cast<std::uint64_t>(scaled(1'000'000));
  Store<float> store(ValueLayout::uniform(num_keys, 1), options());
  Worker<float> worker(store);
  Keys keys(num_keys);
  for (Key i = 0; i < num_keys; ++i) keys[i] = i * 7919 % (num_keys / 2);  // every key of the lower half, twice
  const std::vector<float> ones(num_keys, 1.0F);
  worker.intent(Keys(keys.begin(), keys.begin() + 1000), 0, 5);
  worker.wait(worker.push(keys, ones));
  settle(worker);
  const auto expected = 2.0F * static_cast<float>(store.num_ranks());
  CHECK(pull_now(worker, store.layout(), keys) == std::vector<float>(num_keys, expected));
  worker.barrier();
  if (store.rank() == 0) worker.wait(worker.set(keys, ones));
  settle(worker);
  CHECK(pull_now(worker, store.layout(), keys) == ones);
  CHECK(pull_now(worker, store.layout(), {num_keys - 1}) == std::vector<float>{0.0F});
  worker.barrier();
}

TEMPLATE_TEST_CASE("each element type can be pulled, pushed and set", "", float, double, std::int64_t) {
  Store<TestType> store(ValueLayout::uniform(10, 3), options());
  Worker<TestType> worker(store);
  const Keys key{static_cast<Key>(store.rank() + 1)};  // starts on the next rank
  const std::vector<TestType> value{TestType(1) / TestType(2), TestType(-3), TestType(1 << 20)};
  worker.wait(worker.set(key, value));
  worker.wait(worker.push(key, value));
  settle(worker);
  std::vector<TestType> twice(3);
  std::transform(value.begin(), value.end(), twice.begin(), [](TestType v) { return v + v; });
  for (Key k = 1; k <= static_cast<Key>(store.num_ranks()); ++k) {
    CHECK(pull_now(worker, store.layout(), {k}) == twice);
  }
  worker.barrier();
}

/// Lengths that differ by orders of magnitude, so that slots of one size cannot serve another.
ValueLayout uneven_layout() {
  std::vector<std::uint32_t> lengths;
  for (std::uint32_t k = 0; k < 40; ++k) lengths.push_back(k % 10 == 0 ? 3000 + k : 1 + k % 7);
  return ValueLayout::per_key(lengths);
}

Values numbered(const ValueLayout& layout, const Keys& keys, std::int64_t factor) {
  Values values;
  for (const Key key : keys) {
    for (std::size_t i = 0; i < layout.length(key); ++i) {
      values.push_back(factor * static_cast<std::int64_t>(key * 10'000 + i));
    }
  }
  return values;
}

TEST_CASE("values of different lengths keep to their places, also when they move") {
  Store<std::int64_t> store(uneven_layout(), options());
  Worker<std::int64_t> worker(store);
  const ValueLayout& layout = store.layout();
  if (store.rank() == 0) worker.wait(worker.set(all_keys(40), numbered(layout, all_keys(40), 1)));
  settle(worker);
  auto random = generator();
  for (int i = 0; i < scaled(30); ++i) {
    const Keys wanted = distinct_keys(random, 10, 40);
    worker.intent(wanted, worker.current_clock(), worker.current_clock() + 2);
    worker.wait_sync();
    worker.push(wanted, numbered(layout, wanted, 1));
    worker.push(wanted, numbered(layout, wanted, -1));
    const Keys other = distinct_keys(random, 15, 40);
    worker.push(other, numbered(layout, other, 2));
    worker.push(other, numbered(layout, other, -2));
    worker.advance_clock();
  }
  settle(worker);
  CHECK(pull_now(worker, layout, all_keys(40)) == numbered(layout, all_keys(40), 1));
  worker.barrier();
}

TEST_CASE("keys out of range and spans of the wrong length are refused before any effect") {
  Store<std::int64_t> store(ValueLayout::uniform(10, 2), options());
  Worker<std::int64_t> worker(store);
  Values four(4, 99);
  const Values untouched = four;
  for (const Key bad : {Key{10}, Key{1000}, ~Key{0}}) {
    CAPTURE(bad);
    const Keys keys{3, bad};
    CHECK_THROWS_AS(worker.pull(keys, four), UsageError);
    CHECK_THROWS_AS(worker.push(keys, four), UsageError);
    CHECK_THROWS_AS(worker.set(keys, four), UsageError);
    CHECK_THROWS_AS(worker.intent(keys, 0, 5), UsageError);
    Values two(2, 99);
    CHECK_THROWS_AS(worker.pull_if_local(bad, two), UsageError);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{5}}) {
    CAPTURE(size);
    Values wrong(size, 99);
    CHECK_THROWS_AS(worker.pull(Keys{3, 4}, wrong), UsageError);
    CHECK_THROWS_AS(worker.push(Keys{3, 4}, wrong), UsageError);
    CHECK_THROWS_AS(worker.set(Keys{3, 4}, wrong), UsageError);
    CHECK_THROWS_AS(worker.pull_if_local(3, wrong), UsageError);
  }
  CHECK_THROWS_AS(worker.intent(Keys{3}, 5, 5), UsageError);
  CHECK_THROWS_AS(worker.intent(Keys{3}, 5, 4), UsageError);
  CHECK(four == untouched);
  settle(worker);
  CHECK(pull_now(worker, store.layout(), all_keys(10)) == Values(20, 0));
  CHECK(store.total_statistics().intents == 0);
}

TEST_CASE("a usage error names the value at fault") {
  Store<std::int64_t> store(ValueLayout::uniform(10, 2), options());
  Worker<std::int64_t> worker(store);
  Values values(2);
  CHECK_THROWS_WITH(worker.pull(Keys{4711}, values), Catch::Contains("4711") && Catch::Contains("0 to 9"));
  Values wrong(7);
  CHECK_THROWS_WITH(worker.pull(Keys{1}, wrong), Catch::Contains("7") && Catch::Contains("2"));
}

TEST_CASE("pull_if_local reads what is at hand and never communicates") {
  Store<std::int64_t> store(ValueLayout::uniform(40, 1), options());
  Worker<std::int64_t> worker(store);
  const auto ranks = static_cast<Key>(store.num_ranks());
  worker.begin_setup();
  if (store.rank() == 0) {
    Values values(40);
    std::iota(values.begin(), values.end(), 100);
    worker.set(all_keys(40), values);
  }
  worker.end_setup();
  for (Key key = 0; key < 40; ++key) {
    Values value{-1};
    const bool here = keys_stay() || key % ranks == static_cast<Key>(store.rank());
    CHECK(worker.pull_if_local(key, value) == here);
    CHECK(value[0] == (here ? static_cast<std::int64_t>(100 + key) : -1));
  }
  const Statistics statistics = store.statistics();
  CHECK(statistics.messages_sent == 0);
  CHECK(statistics.pulled.remote == 0);
  CHECK(statistics.pulled.neighbour == 0);
  worker.barrier();
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitizer_keeps_freed_memory = true;
#else
constexpr bool sanitizer_keeps_freed_memory = false;
#endif

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4096;
}

TEST_CASE("operations that are done cost no memory, and their tickets stay valid") {
  if (world_size() == 1) return;
  Store<std::int64_t> store(ValueLayout::uniform(64, 1), options());
  Worker<std::int64_t> worker(store);
  const Keys elsewhere{static_cast<Key>((store.rank() + 1) % store.num_ranks())};
  Values value(1);
  Ticket first;
  const auto work = [&](int operations) {
    for (int i = 0; i < operations; ++i) {
      const Ticket push = worker.push(elsewhere, Values{1});
      if (first == Ticket{}) first = push;
      worker.wait(worker.pull(elsewhere, value));
      worker.wait(push);
    }
  };
  const int operations = scaled(10'000);
  work(operations / 10);
  const std::size_t before = resident_bytes();
  work(operations);
  const std::size_t after = resident_bytes();
  CHECK(worker.is_done(first));
  worker.wait(first);
  worker.wait_all();
  CHECK(value[0] >= operations + operations / 10 - 1);  // the last push may have come after the last pull
  CHECK((sanitizer_keeps_freed_memory || after < before + std::size_t{1 << 20}));
  settle(worker);
}

TEST_CASE("many operations may be under way at once") {
  Store<std::int64_t> store(ValueLayout::uniform(64, 2), options());
  Worker<std::int64_t> worker(store);
  const int operations = scaled(5'000);
  std::vector<Values> pulled(static_cast<std::size_t>(operations), Values(2));
  std::vector<Ticket> tickets;
  for (int i = 0; i < operations; ++i) {
    const Keys key{static_cast<Key>(i % 64)};
    tickets.push_back(worker.push(key, Values{1, -1}));
    tickets.push_back(worker.pull(key, pulled[static_cast<std::size_t>(i)]));
  }
  worker.wait_all();
  CHECK(std::all_of(tickets.begin(), tickets.end(), [&](Ticket ticket) { return worker.is_done(ticket); }));
  CHECK(std::all_of(pulled.begin(), pulled.end(), [](const Values& v) { return v[0] == -v[1]; }));
  settle(worker);
  std::int64_t sum = 0;
  for (const auto value : pull_now(worker, store.layout(), all_keys(64))) sum += value > 0 ? value : 0;
  CHECK(sum == std::int64_t{operations} * store.num_ranks());
  worker.barrier();
}

TEST_CASE("a push's buffers may be reused at once") {
  Store<std::int64_t> store(ValueLayout::uniform(16, 2), options());
  Worker<std::int64_t> worker(store);
  Keys keys(1);
  Values update(2);
  for (Key key = 0; key < 16; ++key) {
    keys[0] = key;
    update = {static_cast<std::int64_t>(key), 1};
    worker.push(keys, update);
    keys[0] = 999;
    update = {-1000, -1000};
  }
  settle(worker);
  const Values values = pull_now(worker, store.layout(), all_keys(16));
  for (std::size_t key = 0; key < 16; ++key) {
    CHECK(values[2 * key] == static_cast<std::int64_t>(key) * store.num_ranks());
    CHECK(values[2 * key + 1] == store.num_ranks());
  }
  worker.barrier();
}

}  // namespace
}  // namespace adapm::test
