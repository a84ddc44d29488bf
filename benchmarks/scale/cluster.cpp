#include "scale/cluster.hpp"

#include <algorithm>
#include <chrono>

#include "harness/quantile.hpp"

namespace adapm::bench {

namespace {

/// What one rank did in some rounds.
class Account {
 public:
  explicit Account(SimulatedRank& rank)
      : rank_(rank), traffic_before_(rank.traffic()), statistics_before_(rank.statistics()) {}

  void round_begins() {
    work_before_ = rank_.work();
    rounds_before_ = rank_.rounds();
  }
  void round_ends() {
    const std::chrono::duration<double, std::micro> work = rank_.work() - work_before_;
    work_us_.push_back(work.count() / static_cast<double>(rank_.rounds() - rounds_before_));
  }

  [[nodiscard]] Traffic traffic() const { return rank_.traffic() - traffic_before_; }
  [[nodiscard]] Statistics statistics() const {
    Statistics counted = rank_.statistics();
    counted -= statistics_before_;
    return counted;
  }
  [[nodiscard]] double median_work_us() { return median(work_us_); }

 private:
  SimulatedRank& rank_;
  const Traffic traffic_before_;
  const Statistics statistics_before_;
  std::chrono::nanoseconds work_before_{};
  std::uint64_t rounds_before_ = 0;
  std::vector<double> work_us_;  // by round
};

void take_means(ScaleFigures& figures, const Statistics& total) {
  const auto mean = [&](std::uint64_t count) { return static_cast<double>(count) / static_cast<double>(total.rounds); };
  figures.moves = mean(total.moves_in);
  figures.replicas = mean(total.replicas_set_up);
  figures.updates = mean(total.updates_sent);
  figures.refreshes = mean(total.refreshes_sent);
  AccessCounts accesses = total.pulled;
  figures.at_hand = (accesses += total.pushed).local_share();
}

ScaleFigures combine(std::vector<Account>& accounts) {
  ScaleFigures figures;
  figures.ranks = static_cast<int>(accounts.size());
  Statistics total;
  for (Account& account : accounts) {
    const Statistics counted = account.statistics();
    const Traffic traffic = account.traffic() / static_cast<double>(counted.rounds);
    const double work_us = account.median_work_us();
    total += counted;
    figures.traffic += traffic / figures.ranks;
    figures.work_us += work_us / figures.ranks;
    figures.hottest_messages = std::max(figures.hottest_messages, traffic.not_empty());
    figures.hottest_bytes = std::max(figures.hottest_bytes, traffic.bytes());
    const double merged = static_cast<double>(counted.updates_merged) / static_cast<double>(counted.rounds);
    figures.merged += merged / figures.ranks;
    figures.hottest_merged = std::max(figures.hottest_merged, merged);
    figures.hottest_work_us = std::max(figures.hottest_work_us, work_us);
  }
  take_means(figures, total);
  return figures;
}

}  // namespace

Cluster::Cluster(int num_ranks, const Workload& workload, const Options& options)
    : calls_a_round_(workload.calls_a_round), network_(num_ranks, {}), grid_(num_ranks, options) {
  for (int rank = 0; rank < num_ranks; ++rank)
    ranks_.push_back(std::make_unique<SimulatedRank>(network_, grid_, rank, workload, options));
}

ScaleFigures Cluster::measure(std::int64_t rounds) {
  for (std::int64_t i = 0; i < rounds; ++i) make_round();
  std::vector<Account> accounts;
  for (auto& rank : ranks_) accounts.emplace_back(*rank);
  for (std::int64_t i = 0; i < rounds; ++i) {
    for (Account& account : accounts) account.round_begins();
    make_round();
    for (Account& account : accounts) account.round_ends();
  }
  ScaleFigures figures = combine(accounts);
  figures.store_bytes = static_cast<double>(ranks_.front()->statistics().memory_bytes);
  figures.heap_bytes = static_cast<double>(ranks_.front()->heap_bytes());
  return figures;
}

void Cluster::make_round() {
  const std::uint64_t next = ranks_.front()->rounds() + 1;
  for (std::int64_t call = 0; call < calls_a_round_; ++call) make_calls();
  while (!std::all_of(ranks_.begin(), ranks_.end(), [&](auto& rank) { return rank->rounds() >= next; })) poll();
}

/// One call of each worker; those that wait for keys from elsewhere keep the others waiting.
void Cluster::make_calls() {
  std::vector<SimulatedRank*> left;
  for (auto& rank : ranks_) left.push_back(rank.get());
  for (;;) {
    std::erase_if(left, [](SimulatedRank* rank) { return rank->call(); });
    if (left.empty()) return;
    poll();
  }
}

void Cluster::poll() {
  for (auto& rank : ranks_) rank->poll();
}

}  // namespace adapm::bench
