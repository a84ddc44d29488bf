#include "common/report.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>
#include <utility>

#include "common/program.hpp"
#include "common/text.hpp"

namespace adapm::apps {

Report::Report(const TrainingOptions& options, bool first_rank, std::string program, std::string unit)
    : options_(options),
      first_rank_(first_rank),
      program_(std::move(program)),
      unit_(std::move(unit)),
      metrics_(first_rank && !options.metrics.empty() ? MetricsFile(options.metrics, options.resume)
                                                      : MetricsFile()) {}

void Report::note(const std::string& text) {
  if (first_rank_) std::cout << text << '\n' << std::flush;
}

void Report::warn(const std::string& text) {
  if (first_rank_) print_error(program_, text);
}

void Report::note_sampling(int num_ranks) {
  const bool keys_stay = options_.intent_ahead == 0 && !options_.full_replication && num_ranks > 1;
  if (!keys_stay || options_.store.sampling_scheme != SamplingScheme::local) return;
  note("without intents each rank keeps its keys and has no other negatives: --sys.sampling.scheme naive may learn "
       "better");
}

JsonObject& Report::epoch(const EpochMeasures& measures, double work, const std::string& own_measures) {
  seconds_.push_back(measures.seconds.count());
  work_ += work;
  const double rate = work / measures.seconds.count();
  const auto epochs_left = static_cast<double>(measures.last_epoch - measures.epoch);
  const double all_seconds = std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
  const Seconds left(all_seconds / static_cast<double>(seconds_.size()) * epochs_left);
  note(formatted("epoch %llu/%llu: %.3f s, %s %s/s, ", static_cast<unsigned long long>(measures.epoch),
                 static_cast<unsigned long long>(measures.last_epoch), measures.seconds.count(),
                 format_rate(rate).c_str(), unit_.c_str()) +
       own_measures + formatted(", %.2f %% local", 100 * measures.local_share) +
       (epochs_left > 0 ? ", " + format_duration(left) + " left" : ""));
  return line(measures.epoch)
      .add("seconds", measures.seconds.count())
      .add("total_seconds", measures.total_seconds.count())
      .add(unit_ + "_per_s", rate)
      .add("local_share", measures.local_share);
}

JsonObject& Report::line(std::uint64_t epoch) {
  if (!line_) line_.emplace().add("epoch", epoch);
  return *line_;
}

void Report::end_line() {
  if (!line_) return;
  metrics_.write(*line_);
  line_.reset();
}

void Report::summary(const Statistics& statistics) {
  if (!first_rank_) return;
  if (!seconds_.empty()) {
    const double total = std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
    const auto middle = seconds_.begin() + static_cast<std::ptrdiff_t>(seconds_.size() / 2);
    std::nth_element(seconds_.begin(), middle, seconds_.end());
    note(formatted("trained %zu epochs in %s, %.3f s per epoch (median), %s %s/s", seconds_.size(),
                   format_duration(Seconds(total)).c_str(), *middle, format_rate(work_ / total).c_str(),
                   unit_.c_str()));
  }
  if (const std::string text = quality(); !text.empty()) note(text);
  const AccessCounts counts = accesses(statistics);
  note(formatted("accesses: %s keys, %.3f %% found in memory of their host, training and evaluation together",
                 format_rate(static_cast<double>(counts.total())).c_str(), 100 * counts.local_share()));
}

}  // namespace adapm::apps
