// What one access without intent costs when the key is on another rank: a pull, and a push until it is acknowledged.
//
//   mpirun -n 2 bench_remote_access                                                     # shared memory
//   mpirun -n 2 bench_remote_access --sys.one_host_per_rank 1                           # one-sided reads
//   mpirun -n 2 bench_remote_access --sys.one_host_per_rank 1 --sys.one_sided 0         # messages
//
// A worker of rank 0 accesses keys that live on rank 1, whose worker computes or waits meanwhile. Which path was taken
// is told by what the store counted, not by what was asked for.
#include <adapm/adapm.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"
#include "harness/figures_file.hpp"
#include "harness/quantile.hpp"

namespace {

using adapm::AccessCounts;
using adapm::Key;
using adapm::Statistics;
using Store = adapm::Store<float>;
using Worker = adapm::Worker<float>;
using SteadyClock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

struct RemoteOptions {
  std::int64_t keys = 100'000;
  std::int64_t length = 128;
  std::int64_t batch = 1;
  std::int64_t accesses = 10'000;
  std::string peer = "idle";
  std::string json;
  adapm::Options store;
};

bool parse(RemoteOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_remote_access", "what an access to another rank's key costs; for two ranks");
  line.group("Accesses")
      .add("keys", "keys in the store", o.keys, {4, std::int64_t{1} << 31})
      .add("length", "floats a key", o.length, {1, 1 << 20})
      .add("batch", "keys an access", o.batch, {1, 1 << 20})
      .add("accesses", "measured pulls, and pushes", o.accesses, {10, 1 << 30})
      .add_choice("peer", "what the other rank's worker does meanwhile", o.peer, {"idle", "busy"});
  line.group("Output").add("json", "write the figures to this file", o.json, "FILE");
  line.add_store_options(o.store);
  return line.parse(argc, argv);
}

/// Says when to stop. Keys with odd numbers have their home on rank 1, and stay there.
constexpr Key stop_key = 1;

std::string path(const AccessCounts& counts, std::uint64_t one_sided_reads, std::uint64_t accessed_keys) {
  if (counts.shared + counts.neighbour == accessed_keys) return "shared memory";
  if (one_sided_reads == accessed_keys) return "one-sided";
  if (one_sided_reads == 0 && counts.remote == accessed_keys) return "messages";
  return "mixed";
}

/// What rank 0's worker does.
class Caller {
 public:
  Caller(Store& store, Worker& worker, const RemoteOptions& options)
      : store_(store),
        worker_(worker),
        options_(options),
        keys_(static_cast<std::size_t>(options.batch)),
        values_(keys_.size() * static_cast<std::size_t>(options.length), 1),
        json_(adapm::bench::figures_file(options.json)) {}

  void pull() {
    measure("pull", &Statistics::pulled, [this] { worker_.wait(worker_.pull(keys_, values_)); });
  }
  void push() {
    measure("push", &Statistics::pushed, [this] { worker_.wait(worker_.push(keys_, values_)); });
  }

 private:
  template <class Access>
  void measure(const char* operation, AccessCounts Statistics::*counts, Access access) {
    const Statistics before = store_.statistics();
    std::vector<double> microseconds;
    for (std::int64_t i = 0; i < options_.accesses; ++i) {
      draw_keys();
      const auto started = SteadyClock::now();
      access();
      microseconds.push_back(Microseconds(SteadyClock::now() - started).count());
    }
    Statistics counted = store_.statistics();
    counted -= before;
    const auto keys = static_cast<std::uint64_t>(options_.accesses) * keys_.size();
    report(operation, path(counted.*counts, counted.one_sided_reads, keys), microseconds);
  }

  void draw_keys() {
    const auto odd_keys = static_cast<Key>(options_.keys / 2);
    for (Key& key : keys_) key = stop_key + 2 + 2 * random_.below(odd_keys - 1);
  }

  void report(const char* operation, const std::string& path, std::span<double> microseconds) {
    const double median = adapm::bench::median(microseconds);
    const double worst = adapm::bench::quantile(microseconds, 0.99);
    std::printf("%s by %s: %.3f us in the median, %.3f us at 99 %%\n", operation, path.c_str(), median, worst);
    adapm::apps::JsonObject line;
    line.add("operation", std::string_view(operation))
        .add("path", std::string_view(path))
        .add("batch", static_cast<std::uint64_t>(options_.batch))
        .add("length", static_cast<std::uint64_t>(options_.length))
        .add("peer", std::string_view(options_.peer))
        .add("us_median", median)
        .add("us_99", worst);
    json_.write(line);
  }

  Store& store_;
  Worker& worker_;
  const RemoteOptions& options_;
  adapm::Generator random_{1};
  std::vector<Key> keys_;
  std::vector<float> values_;
  adapm::apps::MetricsFile json_;
};

void compute_until_told(Worker& worker, std::size_t length) {
  std::vector<float> value(length);
  do {
    const auto end = SteadyClock::now() + std::chrono::microseconds(10);
    while (SteadyClock::now() < end) {
    }
  } while (worker.pull_if_local(stop_key, value) && value[0] == 0);
}

int run(const RemoteOptions& options) {
  const auto keys = static_cast<std::uint64_t>(options.keys);
  Store store(adapm::ValueLayout::uniform(keys, static_cast<std::size_t>(options.length)), options.store);
  if (store.num_ranks() != 2) throw std::runtime_error("needs two ranks: mpirun -n 2 bench_remote_access");
  adapm::run_workers(store, 1, [&](Worker& worker, int /*index*/) {
    worker.barrier();
    const std::vector<float> one(static_cast<std::size_t>(options.length), 1);
    if (store.rank() == 0) {
      Caller caller(store, worker, options);
      caller.pull();
      caller.push();
      worker.wait(worker.push({&stop_key, 1}, one));
    } else if (options.peer == "busy") {
      compute_until_told(worker, one.size());
    }
    worker.barrier();
  });
  store.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_remote_access", [&] {
    RemoteOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
