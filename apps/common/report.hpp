// What a training run tells: lines for people on rank 0, and the metrics file. A program adds what it
// measures to the lines of its epochs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapm/statistics.hpp"
#include "common/epoch_meter.hpp"
#include "common/metrics.hpp"
#include "common/training_options.hpp"

namespace adapm::apps {

/// Not thread-safe; on ranks other than 0 it prints and writes nothing.
class Report {
 public:
  /// `program` is the name for warnings, `unit` what work is counted in, e.g. "triples".
  /// Errors  std::runtime_error if the metrics file cannot be created.
  Report(const TrainingOptions& options, bool first_rank, std::string program, std::string unit);
  virtual ~Report() = default;
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  [[nodiscard]] const std::string& unit() const { return unit_; }

  /// Tells if samples will be one-sided: for programs that sample keys.
  void note_sampling(int num_ranks);
  /// A line for people.
  void note(const std::string& text);
  /// A line about what went wrong, which does not end the program here.
  void warn(const std::string& text);
  /// Ends the line of the metrics file that the last epoch or evaluation began, if any.
  void end_line();
  /// Of the whole run.
  void summary(const Statistics& statistics);

 protected:
  [[nodiscard]] bool first_rank() const { return first_rank_; }
  /// Tells of an epoch of `work` units, with the program's `measures` among the common ones, and begins its
  /// line of the metrics file. On rank 0 only.
  JsonObject& epoch(const EpochMeasures& measures, double work, const std::string& own_measures);
  /// The line of the metrics file that was begun for `epoch`, or a new one.
  JsonObject& line(std::uint64_t epoch);
  /// What the summary says of the model's quality; empty if there is nothing.
  [[nodiscard]] virtual std::string quality() const { return {}; }

 private:
  const TrainingOptions& options_;
  const bool first_rank_;
  const std::string program_;
  const std::string unit_;
  MetricsFile metrics_;
  std::optional<JsonObject> line_;
  std::vector<double> seconds_;  // by epoch
  double work_ = 0;
};

}  // namespace adapm::apps
