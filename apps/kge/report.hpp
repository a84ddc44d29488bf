// What a run of kge tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/report.hpp"
#include "kge/dataset.hpp"
#include "kge/evaluation.hpp"
#include "kge/options.hpp"

namespace adapm::kge {

/// Means over positive and negative triples.
struct MeanLoss {
  double logistic = 0;
  double penalty = 0;  ///< L2
  [[nodiscard]] double total() const { return logistic + penalty; }
};

class Report : public apps::Report {
 public:
  Report(const KgeOptions& options, bool first_rank)
      : apps::Report(options, first_rank, "kge", "triples"), options_(options) {}

  void start(const Dataset& data, const Shape& shape, int num_ranks);
  void epoch(const apps::EpochMeasures& measures, double triples, const MeanLoss& loss);
  /// After epoch `epoch`, 0 before the first. Call for the first split that is evaluated before the others.
  void evaluation(std::uint64_t epoch, const std::string& split, const Scores& scores, apps::Seconds seconds);

 private:
  struct Best {
    std::uint64_t epoch;
    double mrr;
  };
  [[nodiscard]] std::string quality() const override;

  const KgeOptions& options_;
  std::string ranked_split_;  // the split that decides what is best
  std::optional<Best> best_;
  std::optional<Best> last_;
};

}  // namespace adapm::kge
