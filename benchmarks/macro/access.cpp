// Drives a store as an application with known accesses would, and says what that costs.
//
//   mpirun -n 2 bench_access --keys 1000000 --length 128 --batch 64 --ahead 100 --zipf 1
//
// Every worker makes calls: a call accesses a batch of random keys, computes for a while and ends the worker's clock.
// Its keys are announced `ahead` calls before. The first tenth of the calls, or of the time, is not measured.
#include <adapm/adapm.hpp>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <memory>
#include <numeric>
#include <vector>

#include "common/program.hpp"
#include "harness/figures_file.hpp"
#include "harness/quantile.hpp"
#include "macro/access_figures.hpp"
#include "macro/access_options.hpp"
#include "macro/caller.hpp"

namespace {

using adapm::Statistics;
using adapm::bench::AccessFigures;
using adapm::bench::AccessOptions;
using adapm::bench::Caller;
using Store = adapm::Store<float>;
using Worker = adapm::Worker<float>;
using SteadyClock = Caller::SteadyClock;

/// One run: all workers of this rank.
class Run {
 public:
  Run(Store& store, const AccessOptions& options)
      : store_(store), options_(options), callers_(static_cast<std::size_t>(options.threads)) {}

  AccessFigures measure() {
    adapm::run_workers(store_, static_cast<int>(options_.threads),
                       [this](Worker& worker, int index) { work(worker, static_cast<std::size_t>(index)); });
    return combine();
  }

 private:
  void work(Worker& worker, std::size_t index) {
    const adapm::apps::WorkerPlace rank{static_cast<std::size_t>(store_.rank()),
                                        static_cast<std::size_t>(store_.num_ranks())};
    callers_[index] = std::make_unique<Caller>(worker, options_, rank, rank.index * callers_.size() + index);
    Caller& caller = *callers_[index];
    worker.wait_sync();
    worker.barrier();
    const std::int64_t warm_up = options_.calls / 10;
    caller.make_calls(warm_up, end_of(0.1));
    caller.forget();
    worker.barrier();
    if (index == 0) {
      before_ = store_.statistics();
      started_ = SteadyClock::now();
    }
    worker.barrier();
    caller.make_calls(options_.calls - warm_up, end_of(0.9));
    worker.barrier();
    if (index == 0) {
      seconds_ = std::chrono::duration<double>(SteadyClock::now() - started_).count();
      counted_ = store_.statistics();
    }
    worker.barrier();
  }

  [[nodiscard]] SteadyClock::time_point end_of(double share) const {
    if (options_.seconds <= 0) return SteadyClock::time_point::max();
    return SteadyClock::now() +
           std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(share * options_.seconds));
  }

  /// Over all ranks.
  AccessFigures combine() {
    std::vector<double> microseconds;
    for (const auto& caller : callers_)
      microseconds.insert(microseconds.end(), caller->microseconds().begin(), caller->microseconds().end());
    counted_ -= before_;
    std::vector<double> sums = to_doubles(counted_);
    sums.push_back(std::accumulate(microseconds.begin(), microseconds.end(), 0.0) * 1e-6);
    sums.push_back(static_cast<double>(microseconds.size()));
    store_.allreduce(sums);
    AccessFigures figures;
    figures.ranks = store_.num_ranks();
    figures.seconds = seconds_;
    figures.counted = adapm::from_doubles(sums);
    figures.calls = sums.back();
    figures.access_seconds = *std::prev(sums.end(), 2);
    if (microseconds.empty()) throw std::runtime_error("no call was made in the time given; see --seconds");
    figures.median_us = adapm::bench::median(microseconds);
    figures.us_99 = adapm::bench::quantile(microseconds, 0.99);
    return figures;
  }

  Store& store_;
  const AccessOptions& options_;
  std::vector<std::unique_ptr<Caller>> callers_;  // by worker; outlive the workers, whose results they keep
  Statistics before_, counted_;
  SteadyClock::time_point started_;
  double seconds_ = 0;
};

int run(const AccessOptions& options) {
  const auto keys = static_cast<std::uint64_t>(options.keys);
  Store store(adapm::ValueLayout::uniform(keys, static_cast<std::size_t>(options.length)), options.store);
  const AccessFigures figures = Run(store, options).measure();
  if (store.rank() == 0) {
    std::printf("%s", describe(options, figures).c_str());
    adapm::bench::figures_file(options.json).write(to_json(options, figures));
  }
  store.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_access", [&] {
    AccessOptions options;
    return options.parse(argc, argv) ? run(options) : 0;
  });
}
