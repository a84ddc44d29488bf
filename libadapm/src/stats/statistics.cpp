#include "adapm/statistics.hpp"

#include <algorithm>
#include <cstdio>

namespace adapm {

namespace {

/// The counters that are differences over time, in one place: sums, differences and transfers use it.
template <class S, class F>
void for_each_counter(S& s, F f) {
  for (auto* access : {&s.pulled, &s.pushed}) {
    f(access->local), f(access->replica), f(access->shared), f(access->neighbour), f(access->remote);
  }
  f(s.intents), f(s.rounds), f(s.moves_in), f(s.moves_out), f(s.replicas_set_up), f(s.replicas_dropped);
  f(s.shares_begun), f(s.updates_sent), f(s.refreshes_sent), f(s.elsewhere), f(s.bytes_sent), f(s.messages_sent);
  f(s.one_sided_reads);
}

template <class S, class F>
void for_each_level(S& s, F f) {
  f(s.owned_keys), f(s.replicas_held), f(s.shares_held), f(s.memory_bytes);
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
  const auto append = [&](std::uint64_t value) { values.push_back(static_cast<double>(value)); };
  for_each_counter(statistics, append);
  for_each_level(statistics, append);
  values.push_back(statistics.round_seconds);
  values.push_back(statistics.access_seconds);
  return values;
}

Statistics from_doubles(const std::vector<double>& values) {
  Statistics statistics;
  auto next = values.begin();
  const auto take = [&](std::uint64_t& value) { value = static_cast<std::uint64_t>(*next++); };
  for_each_counter(statistics, take);
  for_each_level(statistics, take);
  statistics.round_seconds = *next++;
  statistics.access_seconds = *next++;
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
  std::vector<std::uint64_t> before;
  for_each_counter(earlier, [&](std::uint64_t value) { before.push_back(value); });
  auto next = before.begin();
  for_each_counter(*this, [&](std::uint64_t& value) { value -= *next++; });
  round_seconds -= earlier.round_seconds;
  access_seconds -= earlier.access_seconds;
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
         line("  sent %.1f MB (%.1f MB/s), %llu access messages, %llu one-sided reads; window memory %.1f MB\n",
              static_cast<double>(s.bytes_sent) / 1e6, static_cast<double>(s.bytes_sent) / 1e6 / seconds,
              count(s.messages_sent), count(s.one_sided_reads), static_cast<double>(s.memory_bytes) / 1e6) +
         line("  progress threads: %.2f s in rounds, %.2f s serving accesses, of %.2f s\n", s.round_seconds,
              s.access_seconds, s.seconds);
}

}  // namespace adapm
