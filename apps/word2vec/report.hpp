// What a run tells: lines for people on rank 0, and the metrics file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapm/statistics.hpp"
#include "common/metrics.hpp"
#include "common/progress.hpp"
#include "word2vec/evaluation.hpp"
#include "word2vec/options.hpp"
#include "word2vec/skip_gram.hpp"

namespace adapm::word2vec {

/// The measurements of an epoch, over all ranks.
struct EpochResult {
  std::int64_t epoch = 0;
  apps::Seconds seconds{0};
  apps::Seconds total_seconds{0};  ///< of training, this epoch included
  double fraction = 1;             ///< of the corpus; below 1 if the time was up
  double words = 0;                ///< known words read
  Loss loss;
  double local_share = 1;  ///< of accesses that found a copy on their own rank
};

/// Not thread-safe; on ranks other than 0 it prints and writes nothing.
class Report {
 public:
  /// Errors  std::runtime_error if the metrics file cannot be created.
  Report(const Word2vecOptions& options, bool first_rank);

  void start(const Vocabulary& vocabulary, std::size_t corpus_bytes, int num_ranks, apps::Seconds counting);
  void epoch(const EpochResult& result);
  /// After epoch `epoch`.
  void evaluation(std::int64_t epoch, const Tasks& tasks, const Scores& scores, apps::Seconds seconds);
  /// Ends the line of the metrics file that the last epoch or evaluation began.
  void end_line();
  /// A line for people.
  void note(const std::string& text);
  void summary(const Statistics& statistics);

 private:
  const Word2vecOptions& options_;
  const bool first_rank_;
  apps::MetricsFile metrics_;
  std::optional<apps::JsonObject> line_;
  std::vector<EpochResult> epochs_;
};

}  // namespace adapm::word2vec
