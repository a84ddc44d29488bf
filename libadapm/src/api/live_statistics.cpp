#include "api/live_statistics.hpp"

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/serialization/string.hpp>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "adapm/error.hpp"

namespace adapm::api {

namespace {

/// What to_doubles leaves out comes first.
std::vector<double> packed(const Statistics& statistics) {
  std::vector<double> numbers = to_doubles(statistics);
  numbers.insert(numbers.begin(), statistics.seconds);
  return numbers;
}

Statistics unpacked(const std::vector<double>& numbers) {
  Statistics statistics = from_doubles({numbers.begin() + 1, numbers.end()});
  statistics.seconds = numbers.front();
  return statistics;
}

}  // namespace

LiveStatistics::LiveStatistics(const Options& options, const port::MpiPort& port, std::function<Statistics()> own)
    : own_(std::move(own)),
      interval_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.stats_every))),
      due_(Clock::now() + interval_) {
  open_report(options, port);
  if (options.stats_every == 0) return;
  if (port.size() == 1) {
    look_by_itself();
  } else {
    gathering_.emplace(port.communicator(), packed(Statistics()).size());
  }
}

void LiveStatistics::open_report(const Options& options, const port::MpiPort& port) {
  std::string complaint;
  try {
    if (port.rank() == 0) report_.emplace(options);
  } catch (const ConfigurationError& error) {
    complaint = error.what();
  }
  boost::mpi::broadcast(boost::mpi::communicator(port.communicator(), boost::mpi::comm_attach), complaint, 0);
  if (!complaint.empty()) throw ConfigurationError(complaint);
}

void LiveStatistics::look_by_itself() {
  looker_ = std::jthread([this](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    for (; !wake.wait_until(lock, stop, due_, [&] { return stop.stop_requested(); }); due_ += interval_) {
      const Statistics own = own_();
      report_->tell({&own, 1}, false);
    }
  });
}

void LiveStatistics::look() {
  if (!gathering_) return;
  if (const auto now = Clock::now(); now >= due_ && !stopped_.load()) {
    due_ = std::max(due_ + interval_, now);
    gathering_->give(packed(own_()));
  }
  if (!report_ || !gathering_->take()) return;
  std::vector<Statistics> of_ranks;
  for (const std::vector<double>& numbers : gathering_->newest()) of_ranks.push_back(unpacked(numbers));
  report_->tell(of_ranks, false);
}

void LiveStatistics::tell_last(std::span<const Statistics> of_ranks) {
  if (report_) report_->tell(of_ranks, true);
}

void LiveStatistics::leave_disorderly() {
  if (gathering_) gathering_->leave_disorderly();
}

}  // namespace adapm::api
