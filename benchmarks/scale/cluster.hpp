// Many simulated ranks, and what a round costs them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "adapm/options.hpp"
#include "scale/simulated_rank.hpp"

namespace adapm::bench {

/// Means per rank and round, unless they say otherwise.
struct ScaleFigures {
  int ranks = 0;
  Traffic traffic;
  double hottest_messages = 0;  ///< not empty, of the rank that sends most
  double hottest_bytes = 0;     ///< likewise
  double work_us = 0;           ///< median over the rounds
  double hottest_work_us = 0;
  double merged = 0;  ///< updates added to main copies
  double hottest_merged = 0;
  double moves = 0, replicas = 0, updates = 0, refreshes = 0;
  double at_hand = 1;      ///< share of the accesses
  double store_bytes = 0;  ///< of a rank: location words, slots, replicas
  double heap_bytes = 0;   ///< of a rank, beside the store, before the first round
};

class Cluster {
 public:
  Cluster(int num_ranks, const Workload& workload, const Options& options);

  /// Makes rounds that are not measured, then as many that are.
  [[nodiscard]] ScaleFigures measure(std::int64_t rounds);

 private:
  /// The calls of every worker, and a round; or more, where workers wait for keys.
  void make_round();
  void make_calls();
  void poll();

  const std::int64_t calls_a_round_;
  test::Network network_;
  GridTraffic grid_;
  std::vector<std::unique_ptr<SimulatedRank>> ranks_;
};

}  // namespace adapm::bench
