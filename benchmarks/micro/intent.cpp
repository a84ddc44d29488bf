// What a call of `intent` costs the worker that makes it, by the number of keys in it.
//
//   mpirun -n 2 bench_intent --sys.one_host_per_rank 1
//
// Where ranks share one memory intents are only counted.
// The keys live on the worker's own rank, so that nothing has to move: the progress thread only counts who needs what.
// Calls are timed in groups, each as long as the look-ahead; then the clock goes on, and the group before is over.
#include <adapm/adapm.hpp>
#include <chrono>
#include <cstdio>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"
#include "harness/figures_file.hpp"
#include "harness/quantile.hpp"

namespace {

using adapm::Clock;
using adapm::Key;
using Store = adapm::Store<float>;
using Worker = adapm::Worker<float>;
using SteadyClock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::duration<double, std::nano>;

struct IntentOptions {
  std::int64_t keys = 1'000'000;
  std::int64_t group = 100;
  std::int64_t groups = 500;
  std::string json;
  adapm::Options store;
};

bool parse(IntentOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_intent", "what a call of intent costs the worker; for two ranks or more");
  line.group("Intents")
      .add("keys", "keys in the store", o.keys, {100, std::int64_t{1} << 31})
      .add("group", "calls that are timed together", o.group, {1, 1 << 20})
      .add("groups", "groups for each number of keys", o.groups, {1, 1 << 20});
  line.group("Output").add("json", "write the figures to this file", o.json, "FILE");
  line.add_store_options(o.store);
  return line.parse(argc, argv);
}

/// Random keys whose home is this rank.
std::vector<Key> own_keys(const Store& store, std::size_t count) {
  const auto ranks = static_cast<Key>(store.num_ranks());
  const auto rank = static_cast<Key>(store.rank());
  adapm::Generator random({rank});
  std::vector<Key> keys(count);
  for (Key& key : keys) key = rank + ranks * random.below(store.layout().num_keys() / ranks);
  return keys;
}

/// Nanoseconds of a call with `batch` keys, median over the groups.
double measure(Worker& worker, const IntentOptions& options, const std::vector<Key>& keys, std::size_t batch) {
  std::vector<double> nanoseconds;
  std::size_t next = 0;
  for (std::int64_t group = 0; group < options.groups; ++group) {
    const Clock start = worker.current_clock() + 1;
    const auto started = SteadyClock::now();
    for (std::int64_t call = 0; call < options.group; ++call) {
      if (next + batch > keys.size()) next = 0;
      worker.intent({keys.data() + next, batch}, start);
      next += batch;
    }
    nanoseconds.push_back(Nanoseconds(SteadyClock::now() - started).count() / static_cast<double>(options.group));
    worker.advance_clock();
  }
  worker.advance_clock();
  worker.wait_sync();
  return adapm::bench::median(nanoseconds);
}

int run(const IntentOptions& options) {
  Store store(adapm::ValueLayout::uniform(static_cast<std::uint64_t>(options.keys), 1), options.store);
  if (store.num_ranks() < 2) throw std::runtime_error("needs two ranks: on one, intents have nothing to do");
  adapm::apps::MetricsFile json = adapm::bench::figures_file(options.json, store.rank() == 0);
  const std::vector<Key> keys = own_keys(store, std::size_t{1} << 16U);
  adapm::run_workers(store, 1, [&](Worker& worker, int /*index*/) {
    for (const std::size_t batch : {1U, 8U, 64U, 512U}) {
      worker.barrier();
      if (store.rank() != 0) continue;
      const double nanoseconds = measure(worker, options, keys, batch);
      std::printf("intent of %3zu keys: %8.1f ns a call, %6.1f ns a key\n", batch, nanoseconds,
                  nanoseconds / static_cast<double>(batch));
      adapm::apps::JsonObject line;
      line.add("batch", std::uint64_t{batch}).add("ns_a_call", nanoseconds);
      json.write(line);
    }
  });
  store.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_intent", [&] {
    IntentOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
