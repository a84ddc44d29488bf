// Drives a store as an application with known accesses would, and says what that costs.
//
//   mpirun -n 2 bench_access --keys 1000000 --length 128 --batch 64 --ahead 100 --zipf 1
//
// Every worker makes calls: a call accesses a batch of random keys, computes for a while and ends the worker's clock.
// Its keys are announced `ahead` calls before. The first tenth of the calls is not measured.
#include <adapm/adapm.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "common/command_line.hpp"
#include "common/metrics.hpp"
#include "common/program.hpp"
#include "key_stream.hpp"

namespace {

using adapm::Clock;
using adapm::Key;
using adapm::Statistics;
using Store = adapm::Store<float>;
using Worker = adapm::Worker<float>;
using SteadyClock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

struct AccessOptions {
  std::int64_t keys = 1'000'000;
  std::int64_t length = 128;
  std::int64_t batch = 64;
  std::int64_t calls = 5000;
  std::int64_t ahead = 100;
  double zipf = 0;
  std::string mode = "pullpush";
  std::int64_t threads = 1;
  double compute_us = 0;
  std::string compute = "busy";
  std::int64_t seed = 1;
  std::string json;
  adapm::Options store;

  [[nodiscard]] bool pulls() const { return mode.starts_with("pull"); }
  [[nodiscard]] bool pushes() const { return mode.ends_with("push"); }
};

bool parse(AccessOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_access", "what accesses to a store cost");
  line.group("Data")
      .add("keys", "keys in the store", o.keys, {1, std::int64_t{1} << 31})
      .add("length", "floats a key", o.length, {1, 1 << 20})
      .add("zipf", "exponent of the keys' distribution; 0: uniform", o.zipf, {0, 10});
  line.group("Accesses")
      .add_choice("mode", "what a call does with its keys", o.mode, {"pullpush", "pull", "push", "intent"})
      .add("batch", "keys a call", o.batch, {1, 1 << 20})
      .add("calls", "calls a worker", o.calls, {10, std::int64_t{1} << 40})
      .add("ahead", "calls by which intents are signalled ahead; 0: no intents", o.ahead, {0, 1 << 24})
      .add("threads", "workers a rank", o.threads, {1, 1024})
      .add("compute-us", "microseconds of computing a call", o.compute_us, {0, 1e9})
      .add_choice("compute", "how the worker spends them", o.compute, {"busy", "sleep"})
      .add("seed", "of the keys", o.seed, {0, std::int64_t{1} << 62});
  line.group("Output").add("json", "write the figures to this file", o.json, "FILE");
  line.add_store_options(o.store);
  return line.parse(argc, argv);
}

void compute(const AccessOptions& options) {
  if (options.compute_us <= 0) return;
  const Microseconds time(options.compute_us);
  if (options.compute == "sleep") return std::this_thread::sleep_for(time);
  const auto end = SteadyClock::now() + time;
  while (SteadyClock::now() < end) {
  }
}

/// What one worker does and measures.
class Caller {
 public:
  Caller(Worker& worker, const AccessOptions& options, std::uint64_t number)
      : worker_(worker),
        options_(options),
        stream_(static_cast<std::uint64_t>(options.keys), options.zipf, static_cast<std::uint64_t>(options.seed), number),
        ring_(static_cast<std::size_t>((options.ahead + 1) * options.batch)),
        values_(static_cast<std::size_t>(options.batch * options.length)),
        updates_(values_.size(), 1e-3F),
        first_(worker.current_clock()) {
    for (std::int64_t call = 0; call < options.ahead; ++call) announce(call);
  }

  void make_calls(std::int64_t begin, std::int64_t end) {
    for (std::int64_t call = begin; call < end; ++call) {
      announce(call + options_.ahead);
      const auto started = SteadyClock::now();
      access(keys_of(call));
      microseconds_.push_back(Microseconds(SteadyClock::now() - started).count());
      compute(options_);
      worker_.advance_clock();
    }
    worker_.wait_all();
  }

  [[nodiscard]] std::vector<double>& microseconds() { return microseconds_; }

 private:
  std::span<Key> keys_of(std::int64_t call) {
    const auto batch = static_cast<std::size_t>(options_.batch);
    return std::span(ring_).subspan(static_cast<std::size_t>(call % (options_.ahead + 1)) * batch, batch);
  }

  void announce(std::int64_t call) {
    stream_.next(keys_of(call));
    if (options_.ahead > 0) worker_.intent(keys_of(call), first_ + call);
  }

  void access(std::span<const Key> keys) {
    if (options_.pulls()) worker_.wait(worker_.pull(keys, values_));
    if (options_.pushes()) worker_.push(keys, updates_);
  }

  Worker& worker_;
  const AccessOptions& options_;
  adapm::bench::KeyStream stream_;
  std::vector<Key> ring_;  // of ahead + 1 calls
  std::vector<float> values_, updates_;
  std::vector<double> microseconds_;
  Clock first_;
};

struct Figures {
  double seconds = 0;
  double median_us = 0;  // of the calls of this rank's workers
  double worst_us = 0;   // 99th percentile
  Statistics counted;    // of all ranks
};

double quantile(std::vector<double>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

Figures measure(Store& store, const AccessOptions& options) {
  const std::int64_t warm_up = options.calls / 10;
  Statistics before;
  SteadyClock::time_point started;
  Figures figures;
  std::vector<double> microseconds;
  std::mutex mutex;
  adapm::run_workers(store, static_cast<int>(options.threads), [&](Worker& worker, int index) {
    const auto number = static_cast<std::uint64_t>(store.rank() * options.threads + index);
    Caller caller(worker, options, number);
    worker.wait_sync();
    worker.barrier();
    caller.make_calls(0, warm_up);
    caller.microseconds().clear();
    worker.barrier();
    if (index == 0) {
      before = store.statistics();
      started = SteadyClock::now();
    }
    worker.barrier();
    caller.make_calls(warm_up, options.calls);
    worker.barrier();
    if (index == 0) figures.seconds = std::chrono::duration<double>(SteadyClock::now() - started).count();
    const std::lock_guard lock(mutex);
    microseconds.insert(microseconds.end(), caller.microseconds().begin(), caller.microseconds().end());
  });
  Statistics own = store.statistics();
  own -= before;
  std::vector<double> sums = to_doubles(own);
  store.allreduce(sums);
  figures.counted = adapm::from_doubles(sums);
  figures.median_us = quantile(microseconds, 0.5);
  figures.worst_us = quantile(microseconds, 0.99);
  return figures;
}

void report(const Store& store, const AccessOptions& o, const Figures& figures) {
  const double workers = static_cast<double>(store.num_ranks()) * static_cast<double>(o.threads);
  const double calls = workers * static_cast<double>(o.calls - o.calls / 10);
  const double keys_per_s = calls * static_cast<double>(o.batch) / figures.seconds;
  const Statistics& s = figures.counted;
  adapm::AccessCounts accesses = s.pulled;
  accesses += s.pushed;
  const double rounds = static_cast<double>(s.rounds) / store.num_ranks();
  std::printf("%.3g M keys/s (%.3g M a worker), a call %.2f us in the median, %.2f us at 99 %%; %.2f %% local\n", keys_per_s / 1e6,
              keys_per_s / workers / 1e6, figures.median_us, figures.worst_us, 100 * accesses.local_share());
  std::printf("%.0f rounds/s, %.3g MB/s sent, a second: %.0f moves, %.0f replicas set up, %.0f updates, %.0f refreshes\n",
              rounds / figures.seconds, static_cast<double>(s.bytes_sent) / figures.seconds / 1e6,
              static_cast<double>(s.moves_in) / figures.seconds, static_cast<double>(s.replicas_set_up) / figures.seconds,
              static_cast<double>(s.updates_sent) / figures.seconds, static_cast<double>(s.refreshes_sent) / figures.seconds);
  adapm::apps::JsonObject json;
  json.add("ranks", static_cast<std::uint64_t>(store.num_ranks()))
      .add("threads", static_cast<std::uint64_t>(o.threads))
      .add("keys", static_cast<std::uint64_t>(o.keys))
      .add("length", static_cast<std::uint64_t>(o.length))
      .add("batch", static_cast<std::uint64_t>(o.batch))
      .add("ahead", static_cast<std::uint64_t>(o.ahead))
      .add("zipf", o.zipf)
      .add("mode", o.mode)
      .add("compute_us", o.compute_us)
      .add("seconds", figures.seconds)
      .add("keys_per_s", keys_per_s)
      .add("call_us_median", figures.median_us)
      .add("call_us_99", figures.worst_us)
      .add("local_share", accesses.local_share())
      .add("rounds_per_s", rounds / figures.seconds)
      .add("bytes_sent", s.bytes_sent)
      .add("moves", s.moves_in)
      .add("replicas_set_up", s.replicas_set_up)
      .add("updates_sent", s.updates_sent)
      .add("refreshes_sent", s.refreshes_sent);
  if (!o.json.empty()) adapm::apps::MetricsFile(o.json).write(json);
}

int run(const AccessOptions& options) {
  Store store(adapm::ValueLayout::uniform(static_cast<std::uint64_t>(options.keys), static_cast<std::size_t>(options.length)),
              options.store);
  const Figures figures = measure(store, options);
  if (store.rank() == 0) report(store, options, figures);
  store.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_access", [&] {
    AccessOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
