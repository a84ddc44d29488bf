// What a round costs: with nothing to do, with replicas that nobody touches, with replicas that were pushed to, with
// keys that move.
//
//   mpirun -n 2 bench_rounds --sys.one_host_per_rank 1 --sys.sync.max_per_sec 0
//
// Workers do something (nothing, a push, an intent) and call wait_sync, again and again; the time is from the one to
// the end of the other, on rank 0. That takes a round or two; how many is told.
#include <adapm/adapm.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"
#include "harness/figures_file.hpp"
#include "harness/quantile.hpp"

namespace {

using adapm::Clock;
using adapm::Key;
using adapm::Statistics;
using Store = adapm::Store<float>;
using Worker = adapm::Worker<float>;
using SteadyClock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

struct RoundOptions {
  std::int64_t copies = 10'000;
  std::int64_t length = 16;
  std::int64_t syncs = 200;
  std::string json;
  adapm::Options store;
};

bool parse(RoundOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_rounds", "what a round costs; for two ranks or more");
  line.group("Rounds")
      .add("copies", "replicas, or keys that move, at most: a hundredth, a tenth and all of them are measured",
           o.copies, {100, 1 << 24})
      .add("length", "floats a key", o.length, {1, 1 << 20})
      .add("syncs", "calls of wait_sync for each figure", o.syncs, {3, 1 << 20});
  line.group("Output").add("json", "write the figures to this file", o.json, "FILE");
  line.add_store_options(o.store);
  return line.parse(argc, argv);
}

double microseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

/// Processor time of this process but for the calling thread: the progress thread's.
double progress_microseconds() {
  return microseconds(CLOCK_PROCESS_CPUTIME_ID) - microseconds(CLOCK_THREAD_CPUTIME_ID);
}

using Action = std::function<void()>;

class Rounds {
 public:
  Rounds(Store& store, Worker& worker, const RoundOptions& options)
      : store_(store),
        worker_(worker),
        options_(options),
        json_(adapm::bench::figures_file(options.json, store.rank() == 0)) {}

  void run() {
    measure("empty", 0, {}, {});
    const auto most = static_cast<std::size_t>(options_.copies);
    for (const std::size_t copies : {most / 100, most / 10, most}) {
      replicate(copies);
      measure("idle replicas", copies, {}, {});
      measure("dirty replicas", copies, {}, [&] { push(copies); });
      give_up();
      measure(
          "moves", copies, [&] { move_to_rank_1(copies); }, [&] { ask_on_rank_0(copies); });
      give_up();
    }
  }

 private:
  std::span<const Key> keys(std::size_t count) {
    keys_.resize(count);
    std::iota(keys_.begin(), keys_.end(), Key{0});
    return keys_;
  }

  void settle() {
    for (int i = 0; i < 2; ++i) {
      worker_.wait_sync();
      worker_.barrier();
    }
  }

  /// Every rank gets a copy of every key.
  void replicate(std::size_t copies) {
    worker_.intent(keys(copies), worker_.current_clock());
    settle();
  }
  void give_up() {
    worker_.advance_clock();
    settle();
  }

  void push(std::size_t copies) {
    updates_.resize(copies * static_cast<std::size_t>(options_.length), 1);
    worker_.push(keys(copies), updates_);
  }

  void move_to_rank_1(std::size_t copies) {
    give_up();
    if (store_.rank() == 1) worker_.intent(keys(copies), worker_.current_clock());
    settle();
    give_up();
  }
  void ask_on_rank_0(std::size_t copies) {
    if (store_.rank() == 0) worker_.intent(keys(copies), worker_.current_clock());
  }

  /// What it takes from the action until it is done with everywhere.
  void measure(const char* what, std::size_t copies, const Action& prepare, const Action& act) {
    std::vector<double> wall, progress, rounds, bytes_a_round, moves;
    for (std::int64_t sync = 0; sync < options_.syncs; ++sync) {
      if (prepare) prepare();
      worker_.barrier();
      const Statistics before = store_.statistics();
      const double progress_before = progress_microseconds();
      const auto started = SteadyClock::now();
      if (act) act();
      worker_.wait_sync();
      wall.push_back(Microseconds(SteadyClock::now() - started).count());
      progress.push_back(progress_microseconds() - progress_before);
      Statistics counted = store_.statistics();
      counted -= before;
      rounds.push_back(static_cast<double>(counted.rounds));
      bytes_a_round.push_back(static_cast<double>(counted.bytes_sent) / rounds.back());
      moves.push_back(static_cast<double>(counted.moves_in));
    }
    worker_.barrier();
    using adapm::bench::median;
    if (store_.rank() == 0)
      report(what, copies, {median(wall), median(progress), median(rounds), median(bytes_a_round), median(moves)});
  }

  struct Figures {
    double us, progress_us, rounds, bytes_a_round, moves;
  };

  void report(const char* what, std::size_t copies, const Figures& f) {
    std::printf(
        "%-14s %8zu: %9.1f us, %9.1f us of the progress thread; %.0f rounds, %.0f bytes sent in each; %.0f moves in\n",
        what, copies, f.us, f.progress_us, f.rounds, f.bytes_a_round, f.moves);
    adapm::apps::JsonObject line;
    line.add("ranks", static_cast<std::uint64_t>(store_.num_ranks()))
        .add("case", std::string_view(what))
        .add("copies", std::uint64_t{copies})
        .add("us", f.us)
        .add("progress_us", f.progress_us)
        .add("rounds", f.rounds)
        .add("bytes_a_round", f.bytes_a_round)
        .add("moves_in", f.moves);
    json_.write(line);
  }

  Store& store_;
  Worker& worker_;
  const RoundOptions& options_;
  std::vector<Key> keys_;
  std::vector<float> updates_;
  adapm::apps::MetricsFile json_;
};

int run(const RoundOptions& options) {
  const auto keys = static_cast<std::uint64_t>(options.copies);
  Store store(adapm::ValueLayout::uniform(keys, static_cast<std::size_t>(options.length)), options.store);
  if (store.num_ranks() < 2) throw std::runtime_error("needs two ranks: a rank alone has no rounds");
  adapm::run_workers(store, 1, [&](Worker& worker, int /*index*/) { Rounds(store, worker, options).run(); });
  store.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_rounds", [&] {
    RoundOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
