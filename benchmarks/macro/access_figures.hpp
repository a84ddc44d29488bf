// What bench_access found out, for people and for programs.
#pragma once

#include <span>
#include <string>

#include "adapm/statistics.hpp"
#include "common/metrics.hpp"
#include "macro/access_options.hpp"

namespace adapm::bench {

struct AccessFigures {
  int ranks = 1;
  double seconds = 0;
  double calls = 0;           ///< of all workers
  double median_us = 0;       ///< of the calls of rank 0
  double us_99 = 0;           ///< 99th percentile
  double access_seconds = 0;  ///< in pull, push and wait; of all workers
  Statistics counted;         ///< of all ranks, while it was measured

  [[nodiscard]] AccessCounts accesses() const;
  [[nodiscard]] double rounds() const { return static_cast<double>(counted.rounds) / ranks; }
};

/// A table.
[[nodiscard]] std::string describe(const AccessOptions& options, const AccessFigures& figures);
[[nodiscard]] apps::JsonObject to_json(const AccessOptions& options, const AccessFigures& figures);

}  // namespace adapm::bench
