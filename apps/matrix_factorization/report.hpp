// What a run tells: lines for people on rank 0, and the metrics file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapm/statistics.hpp"
#include "common/metrics.hpp"
#include "common/progress.hpp"
#include "matrix_factorization/dataset.hpp"
#include "matrix_factorization/evaluation.hpp"
#include "matrix_factorization/options.hpp"

namespace adapm::mf {

/// The measurements of an epoch, over all ranks.
struct EpochResult {
  std::uint64_t epoch = 0;
  bool trained = false;  ///< in this run; false: the model that it starts from
  std::uint64_t last_epoch = 0;
  apps::Seconds seconds{0};
  apps::Seconds total_seconds{0};  ///< of training, this epoch included
  apps::Seconds evaluation_seconds{0};
  double step = 0;
  double local_share = 1;  ///< of accesses that found a copy on their own rank
  Loss loss;
};

/// Not thread-safe; on ranks other than 0 it prints and writes nothing.
class Report {
 public:
  /// Errors  std::runtime_error if the metrics file cannot be created.
  Report(const MfOptions& options, bool first_rank);

  void start(const Dataset& data, int num_ranks);
  void epoch(const EpochResult& result);
  /// A line for people.
  void note(const std::string& text);
  void summary(const Statistics& statistics);

 private:
  const MfOptions& options_;
  const bool first_rank_;
  apps::MetricsFile metrics_;
  std::vector<double> seconds_;  // by epoch
  double best_test_rmse_;
};

}  // namespace adapm::mf
