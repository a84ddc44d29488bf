// Statistics of all ranks while a store is open, and at its end (--sys.stats.every, --sys.stats.json). Each progress thread
// gives its rank's; rank 0 tells them.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <thread>

#include "adapm/options.hpp"
#include "adapm/statistics.hpp"
#include "port/gathering.hpp"
#include "port/mpi_port.hpp"
#include "stats/live_report.hpp"

namespace adapm::api {

class LiveStatistics {
 public:
  /// Collective. `own` gives this rank's statistics, on any thread.
  /// Errors  ConfigurationError on all ranks if rank 0 cannot write its file.
  LiveStatistics(const Options& options, const port::MpiPort& port, std::function<Statistics()> own);

  /// Progress thread, whenever it has a moment.
  void look();
  /// No more of this rank: after a barrier that follows, nothing newer than the last will be told.
  void stop() { stopped_.store(true); }
  /// Rank 0: how it ended.
  void tell_last(std::span<const Statistics> of_ranks);
  /// Ends what goes on by itself. Other ranks may never come again.
  void leave_disorderly();

 private:
  using Clock = std::chrono::steady_clock;

  void open_report(const Options& options, const port::MpiPort& port);
  void look_by_itself();

  const std::function<Statistics()> own_;
  const Clock::duration interval_;
  Clock::time_point due_;
  std::atomic<bool> stopped_{false};
  std::optional<stats::LiveReport> report_;  // rank 0
  std::optional<port::Gathering> gathering_;
  std::jthread looker_;  // where there is no progress thread; last: it uses the others
};

}  // namespace adapm::api
