#include "stats/live_report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapm/error.hpp"

namespace adapm::stats {

namespace {

std::string text_of(const char* format, auto... values) {
  char text[400];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

/// "1.23 k", "45.6 M"
std::string scaled(double number) {
  constexpr const char* units[] = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  for (; number >= 1000 && unit + 1 < std::size(units); ++unit) number /= 1000;
  return text_of("%.3g%s", number, units[unit]);
}

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

/// Since `before`, or since counting began, if that was later.
Statistics since(const Statistics& now, const Statistics& before) {
  if (now.seconds < before.seconds) return now;
  Statistics difference = now;
  difference -= before;
  difference.seconds = now.seconds - before.seconds;
  return difference;
}

}  // namespace

std::string live_line(std::span<const Statistics> now, std::span<const Statistics> before) {
  Statistics sum;
  std::size_t slowest = 0;
  double slowest_clocks = 0;
  for (std::size_t rank = 0; rank < now.size(); ++rank) {
    const Statistics of_rank = since(now[rank], before.empty() ? Statistics() : before[rank]);
    const auto clocks = static_cast<double>(of_rank.clocks);
    if (rank == 0 || clocks < slowest_clocks) slowest = rank, slowest_clocks = clocks;
    sum += of_rank;
  }
  const double seconds = std::max(sum.seconds, 1e-9);
  const auto per_second = [&](auto count) { return scaled(static_cast<double>(count) / seconds); };
  AccessCounts accessed = sum.pulled;
  accessed += sum.pushed;
  std::string line = text_of("%.0f s: %s clocks/s, %s keys/s", now[0].seconds, per_second(sum.clocks).c_str(),
                             per_second(accessed.total()).c_str());
  if (now.size() == 1) return line;
  const auto accesses = static_cast<double>(accessed.total());
  const auto here = static_cast<double>(accessed.local + accessed.shared + accessed.neighbour);
  const auto ranks = static_cast<double>(now.size());
  line += text_of(" (%.2f %% local, %.2f %% replica, %.2f %% remote), rank %zu slowest: %s clocks/s; ",
                  percent(here, accesses), percent(static_cast<double>(accessed.replica), accesses),
                  percent(static_cast<double>(accessed.remote), accesses), slowest, per_second(slowest_clocks).c_str());
  return line + text_of("%s rounds/s, %s moves/s, %s replicas, %.1f MB/s sent; %.2f workers waiting, progress threads %.0f %% "
                        "busy",
                        scaled(static_cast<double>(sum.rounds) / ranks / seconds).c_str(),
                        per_second(sum.moves_in).c_str(), scaled(static_cast<double>(sum.replicas_held)).c_str(),
                        static_cast<double>(sum.bytes_sent) / 1e6 / seconds, sum.wait_seconds / seconds,
                        percent(sum.round_seconds + sum.access_seconds, ranks * seconds));
}

std::string json_line(const Statistics& statistics, int rank) {
  std::string line = rank < 0 ? "{\"rank\": \"all\"" : "{\"rank\": " + std::to_string(rank);
  line += text_of(", \"seconds\": %.6f", statistics.seconds);
  const std::vector<const char*> names = statistic_names();
  const std::vector<double> values = to_doubles(statistics);
  for (std::size_t i = 0; i < names.size(); ++i) line += text_of(", \"%s\": %.15g", names[i], values[i]);
  return line + "}";
}

LiveReport::LiveReport(const Options& options) : prints_(options.stats_every > 0), path_(options.stats_json) {
  if (path_.empty()) return;
  json_.reset(std::fopen(path_.c_str(), "w"));
  if (json_ == nullptr)
    throw ConfigurationError("cannot write " + path_ + " (--sys.stats.json): " + std::strerror(errno));
}

void LiveReport::tell(std::span<const Statistics> of_ranks, bool last) {
  const base::MutexLock lock(mutex_);
  if (ended_) return;  // what was under way then is older
  ended_ = last;
  if (prints_ && !last) std::fprintf(stderr, "adapm: %s\n", live_line(of_ranks, before_).c_str());
  before_.assign(of_ranks.begin(), of_ranks.end());
  if (json_ != nullptr) write_json(of_ranks);
}

void LiveReport::write_json(std::span<const Statistics> of_ranks) {
  Statistics sum;
  std::string lines;
  for (std::size_t rank = 0; rank < of_ranks.size(); ++rank) {
    lines += json_line(of_ranks[rank], static_cast<int>(rank)) + "\n";
    sum += of_ranks[rank];
  }
  lines += json_line(sum, -1) + "\n";
  const bool written = std::fwrite(lines.data(), 1, lines.size(), json_.get()) == lines.size();
  if (written && std::fflush(json_.get()) == 0) return;
  std::fprintf(stderr, "adapm: cannot write %s (--sys.stats.json) any more: %s\n", path_.c_str(), std::strerror(errno));
  json_.reset();
}

}  // namespace adapm::stats
