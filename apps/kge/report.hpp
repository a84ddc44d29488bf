// What a run tells: lines for people on rank 0, and the metrics file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapm/statistics.hpp"
#include "common/metrics.hpp"
#include "common/progress.hpp"
#include "kge/dataset.hpp"
#include "kge/evaluation.hpp"
#include "kge/options.hpp"

namespace adapm::kge {

/// The measurements of an epoch, over all ranks.
struct EpochResult {
  std::int64_t epoch = 0;
  apps::Seconds seconds{0};
  apps::Seconds total_seconds{0};  ///< of training, this epoch included
  double triples = 0;
  double logistic_loss = 0;  ///< mean over positive and negative triples
  double penalty = 0;        ///< L2 penalty divided by the same number
  double local_share = 1;    ///< of accesses that found a copy on their own rank

  [[nodiscard]] double loss() const { return logistic_loss + penalty; }
};

/// Not thread-safe; on ranks other than 0 it prints and writes nothing.
class Report {
 public:
  /// Errors  std::runtime_error if the metrics file cannot be created.
  Report(const KgeOptions& options, bool first_rank);

  void start(const Dataset& data, const Shape& shape, int num_ranks);
  void epoch(const EpochResult& result);
  /// After epoch `epoch`, 0 before the first. Call for the first split that is evaluated before the others.
  void evaluation(std::int64_t epoch, const std::string& split, const Scores& scores, apps::Seconds seconds);
  /// Ends the line of the metrics file that the last epoch or evaluation began.
  void end_line();
  /// A line for people.
  void note(const std::string& text);
  void summary(const Statistics& statistics);

 private:
  struct Best {
    std::int64_t epoch;
    double mrr;
  };

  const KgeOptions& options_;
  const bool first_rank_;
  apps::MetricsFile metrics_;
  std::optional<apps::JsonObject> line_;
  std::vector<EpochResult> epochs_;
  std::string ranked_split_;  // the split that decides what is best
  std::optional<Best> best_;
  std::optional<Best> last_;
};

}  // namespace adapm::kge
