// Tells what a store does while it is open: a line for people, and lines of JSON for programs. For the first rank, which
// is given the statistics of all.
#pragma once

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapm/options.hpp"
#include "adapm/statistics.hpp"
#include "base/mutex.hpp"

namespace adapm::stats {

/// What happened between two looks at all ranks, as rates and shares, on one line without an end. `before` may be empty.
[[nodiscard]] std::string live_line(std::span<const Statistics> now, std::span<const Statistics> before);

/// Everything that was counted, on one line without an end; `rank` below 0: of all ranks.
[[nodiscard]] std::string json_line(const Statistics& statistics, int rank);

/// Thread-safe.
class LiveReport {
 public:
  /// Errors  ConfigurationError if the file of --sys.stats.json cannot be written.
  explicit LiveReport(const Options& options);

  /// `of_ranks`: from about the same time, by rank. The last one comes with `last`; it prints no line, and
  /// nothing is told after it.
  void tell(std::span<const Statistics> of_ranks, bool last);

 private:
  void write_json(std::span<const Statistics> of_ranks) ADAPM_REQUIRES(mutex_);

  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  const bool prints_;
  const std::string path_;
  base::Mutex mutex_;
  std::unique_ptr<std::FILE, CloseFile> json_ ADAPM_GUARDED_BY(mutex_);
  bool ended_ ADAPM_GUARDED_BY(mutex_) = false;
  std::vector<Statistics> before_ ADAPM_GUARDED_BY(mutex_);
};

}  // namespace adapm::stats
