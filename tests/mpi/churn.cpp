// No update is lost or applied twice while the one key that everybody writes moves and is replicated all the time.
#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

constexpr Key hot_key = 9;
constexpr std::size_t pulls_under_way = 64;

void churn(Worker<std::int64_t>& worker, const ValueLayout& layout, int index, int pushes, Findings& findings) {
  auto random = generator(index);
  const std::vector<Key> keys{hot_key};
  const std::vector<std::int64_t> update{1, 2};
  PullQueue<std::int64_t> pulls(worker, layout, pulls_under_way);
  const auto whole = [&](const auto&, const std::vector<std::int64_t>& value) {
    findings.expect(value[1] == 2 * value[0], "half a push:", value[0], value[1]);
  };
  for (int i = 0; i < pushes; ++i) {
    const Clock now = worker.current_clock();
    if (below(random, 50) == 0) worker.intent(keys, now + 10, now + 40);
    worker.push(keys, update);
    pulls.pull(keys, whole);
    worker.advance_clock();
  }
  pulls.finish(whole);
}

TEST_CASE("sums are exact after 100,000 pushes a worker to a key that moves and is replicated") {
  const int threads = GENERATE(1, 2);
  const int pushes = scaled(100'000);
  CAPTURE(threads, pushes);
  Store<std::int64_t> store(ValueLayout::uniform(36, 2), options());
  const std::int64_t total = std::int64_t{store.num_ranks()} * threads * pushes;
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        churn(worker, store.layout(), index, pushes, found);
        settle(worker);
        const auto value = pull_now(worker, store.layout(), {hot_key});
        found.expect(value[0] == total && value[1] == 2 * total, "sum", value[0], value[1], "not", total);
      });
  CHECK(findings == "");
}

TEST_CASE("sums are exact when several keys a call are pushed to without intents and with") {
  const int threads = GENERATE(1, 2);
  constexpr std::uint64_t num_keys = 24;
  const int pushes = scaled(2'000);
  CAPTURE(threads, pushes);
  Store<double> store(ValueLayout::uniform(num_keys, 3), options());
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<double>& worker, int index, Findings& found) {
        auto random = generator(index);
        const std::vector<double> ones(3 * num_keys, 1.0);
        for (int i = 0; i < pushes; ++i) {
          const auto some = distinct_keys(random, 3, num_keys / 2);  // the upper half never has an intent
          worker.intent(some, worker.current_clock() + 5, worker.current_clock() + 15);
          worker.push(all_keys(num_keys), ones);
          if (i % 64 == 0) worker.wait_all();
          worker.advance_clock();
        }
        settle(worker);
        const double total = double(store.num_ranks()) * threads * pushes;
        for (const double value : pull_now(worker, store.layout(), all_keys(num_keys))) {
          found.expect(value == total, "sum", value, "not", total);
        }
      });
  CHECK(findings == "");
}

}  // namespace
}  // namespace adapm::test
