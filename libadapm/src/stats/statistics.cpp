#include "adapm/statistics.hpp"

#include <algorithm>
#include <cstdio>

namespace adapm {

namespace {

/// The counters that are differences over time, with their names, in one place: sums, differences and transfers use it.
template <class S, class F>
void for_each_counter(S& s, F f) {
  f("pulled.local", s.pulled.local), f("pulled.replica", s.pulled.replica), f("pulled.shared", s.pulled.shared);
  f("pulled.neighbour", s.pulled.neighbour), f("pulled.remote", s.pulled.remote);
  f("pushed.local", s.pushed.local), f("pushed.replica", s.pushed.replica), f("pushed.shared", s.pushed.shared);
  f("pushed.neighbour", s.pushed.neighbour), f("pushed.remote", s.pushed.remote);
  f("clocks", s.clocks), f("intents", s.intents), f("rounds", s.rounds), f("moves_in", s.moves_in), f("moves_out", s.moves_out);
  f("replicas_set_up", s.replicas_set_up), f("replicas_dropped", s.replicas_dropped);
  f("shares_begun", s.shares_begun), f("updates_sent", s.updates_sent);
  f("updates_merged", s.updates_merged), f("refreshes_sent", s.refreshes_sent);
  f("elsewhere", s.elsewhere), f("bytes_sent", s.bytes_sent), f("messages_sent", s.messages_sent);
  f("one_sided_reads", s.one_sided_reads);
}

template <class S, class F>
void for_each_level(S& s, F f) {
  f("owned_keys", s.owned_keys), f("replicas_held", s.replicas_held), f("shares_held", s.shares_held);
  f("memory_bytes", s.memory_bytes);
}

template <class S, class F>
void for_each_time(S& s, F f) {
  f("call_seconds", s.call_seconds), f("wait_seconds", s.wait_seconds);
  f("round_seconds", s.round_seconds), f("access_seconds", s.access_seconds);
}

/// Everything that is summed over ranks.
template <class S, class F>
void for_each(S& s, F f) {
  for_each_counter(s, f);
  for_each_level(s, f);
  for_each_time(s, f);
}

std::string line(const char* format, auto... values) {
  char text[200];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string row(const char* name, const AccessCounts& a) {
  return line("  keys %-6s %13llu  local %6.2f %%  replica %6.2f %%  shared %6.2f %%  neighbour %6.2f %%  "
              "remote %6.2f %%\n",
              name, static_cast<unsigned long long>(a.total()), share(a.local, a.total()), share(a.replica, a.total()),
              share(a.shared, a.total()), share(a.neighbour, a.total()), share(a.remote, a.total()));
}

}  // namespace

double AccessCounts::local_share() const {
  return total() == 0 ? 1 : static_cast<double>(total() - remote) / static_cast<double>(total());
}

AccessCounts& AccessCounts::operator+=(const AccessCounts& other) {
  local += other.local;
  replica += other.replica;
  shared += other.shared;
  neighbour += other.neighbour;
  remote += other.remote;
  return *this;
}

std::vector<double> to_doubles(const Statistics& statistics) {
  std::vector<double> values;
  for_each(statistics, [&](const char*, auto value) { values.push_back(static_cast<double>(value)); });
  return values;
}

std::vector<const char*> statistic_names() {
  std::vector<const char*> names;
  const Statistics none;
  for_each(none, [&](const char* name, auto) { names.push_back(name); });
  return names;
}

Statistics from_doubles(const std::vector<double>& values) {
  Statistics statistics;
  auto next = values.begin();
  for_each(statistics, [&]<class T>(const char*, T& value) { value = static_cast<T>(*next++); });
  return statistics;
}

Statistics& Statistics::operator+=(const Statistics& other) {
  std::vector<double> sum = to_doubles(*this);
  const std::vector<double> more = to_doubles(other);
  std::transform(sum.begin(), sum.end(), more.begin(), sum.begin(), std::plus<>());
  const double longest = std::max(seconds, other.seconds);
  *this = from_doubles(sum);
  seconds = longest;
  return *this;
}

Statistics& Statistics::operator-=(const Statistics& earlier) {
  std::vector<std::uint64_t> counts;
  for_each_counter(earlier, [&](const char*, std::uint64_t value) { counts.push_back(value); });
  auto count = counts.begin();
  for_each_counter(*this, [&](const char*, std::uint64_t& value) { value -= *count++; });
  std::vector<double> times;
  for_each_time(earlier, [&](const char*, double value) { times.push_back(value); });
  auto time = times.begin();
  for_each_time(*this, [&](const char*, double& value) { value -= *time++; });
  return *this;
}

std::string format(const Statistics& s) {
  const double seconds = std::max(s.seconds, 1e-9);
  const auto count = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  return row("pulled", s.pulled) + row("pushed", s.pushed) +
         line("  intents %llu keys, %llu moves, %llu shares, %llu replicas set up, %llu dropped, %llu held\n",
              count(s.intents), count(s.moves_in), count(s.shares_begun), count(s.replicas_set_up),
              count(s.replicas_dropped), count(s.replicas_held)) +
         line("  rounds %llu (summed over ranks; %.0f a second), %llu updates, %llu refreshes, %llu asked in vain\n",
              count(s.rounds), static_cast<double>(s.rounds) / seconds, count(s.updates_sent),
              count(s.refreshes_sent), count(s.elsewhere)) +
         line("  sent %.1f MB (%.1f MB/s), %llu access messages, %llu one-sided reads; memory %.1f MB\n",
              static_cast<double>(s.bytes_sent) / 1e6, static_cast<double>(s.bytes_sent) / 1e6 / seconds,
              count(s.messages_sent), count(s.one_sided_reads), static_cast<double>(s.memory_bytes) / 1e6) +
         line("  workers: %.3f s in calls, %.3f s waiting for keys\n", s.call_seconds, s.wait_seconds) +
         line("  progress threads: %.2f s in rounds, %.2f s serving accesses, of %.2f s\n", s.round_seconds,
              s.access_seconds, s.seconds);
}

}  // namespace adapm
