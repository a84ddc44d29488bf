#include "matrix_factorization/report.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <limits>
#include <numeric>

namespace adapm::mf {

namespace {

template <class... Arguments>
std::string print(const char* format, Arguments... arguments) {
  char text[400];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

apps::JsonObject to_json(const EpochResult& result, double cells_per_second) {
  apps::JsonObject json;
  json.add("epoch", result.epoch)
      .add("seconds", result.seconds.count())
      .add("total_seconds", result.total_seconds.count())
      .add("evaluation_seconds", result.evaluation_seconds.count())
      .add("cells_per_s", cells_per_second)
      .add("step", result.step)
      .add("train_loss", result.loss.total())
      .add("train_rmse", result.loss.train_rmse());
  if (result.loss.test_cells > 0)
    json.add("test_loss", result.loss.test_errors).add("test_rmse", result.loss.test_rmse());
  return json.add("local_share", result.local_share);
}

}  // namespace

Report::Report(const MfOptions& options, bool first_rank)
    : options_(options),
      first_rank_(first_rank),
      metrics_(first_rank && !options.metrics.empty() ? apps::MetricsFile(options.metrics)
                                                      : apps::MetricsFile()),
      best_test_rmse_(std::numeric_limits<double>::infinity()) {}

void Report::note(const std::string& text) {
  if (first_rank_) std::cout << text << '\n' << std::flush;
}

void Report::start(const Dataset& data, int num_ranks) {
  note(print("matrix_factorization: %s, rank %lld; %d ranks x %lld threads", options_.algorithm.c_str(),
             static_cast<long long>(options_.rank), num_ranks, static_cast<long long>(options_.threads)));
  note(print("data: %u x %u, %llu / %llu cells (train / test)", data.rows, data.columns,
             static_cast<unsigned long long>(data.train_cells),
             static_cast<unsigned long long>(data.test_cells)));
}

void Report::epoch(const EpochResult& result) {
  if (!first_rank_) return;
  const double rate = result.trained ? result.loss.train_cells / result.seconds.count() : 0;
  metrics_.write(to_json(result, rate));
  std::string test;
  if (result.loss.test_cells > 0) {
    best_test_rmse_ = std::min(best_test_rmse_, result.loss.test_rmse());
    test = print(", test RMSE %.5f", result.loss.test_rmse());
  }
  const std::string losses =
      print("train loss %.6g, RMSE %.5f", result.loss.total(), result.loss.train_rmse()) + test;
  if (!result.trained) return note("before training: " + losses);
  seconds_.push_back(result.seconds.count());
  const auto left = result.total_seconds / static_cast<double>(seconds_.size()) *
                    static_cast<double>(result.last_epoch - result.epoch);
  const std::string time_left =
      result.epoch == result.last_epoch ? "" : ", " + apps::format_duration(left) + " left";
  note(print("epoch %llu/%llu: %.3f s, %s cells/s, %s, step %.4g, %.2f %% local%s",
             static_cast<unsigned long long>(result.epoch),
             static_cast<unsigned long long>(result.last_epoch), result.seconds.count(),
             apps::format_rate(rate).c_str(), losses.c_str(), result.step, 100 * result.local_share,
             time_left.c_str()));
}

void Report::summary(const Statistics& statistics) {
  if (!first_rank_) return;
  if (!seconds_.empty()) {
    const double total = std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
    const auto middle = seconds_.begin() + static_cast<std::ptrdiff_t>(seconds_.size() / 2);
    std::nth_element(seconds_.begin(), middle, seconds_.end());
    note(print("trained %zu epochs in %s, %.4f s per epoch (median)", seconds_.size(),
               apps::format_duration(apps::Seconds(total)).c_str(), *middle));
    if (best_test_rmse_ < std::numeric_limits<double>::infinity()) {
      note(print("best test RMSE %.5f", best_test_rmse_));
    }
  }
  AccessCounts accesses = statistics.pulled;
  accesses += statistics.pushed;
  note(print("accesses: %s keys, %.3f %% found a copy on their rank, training and evaluation together",
             apps::format_rate(static_cast<double>(accesses.total())).c_str(), 100 * accesses.local_share()));
}

}  // namespace adapm::mf
