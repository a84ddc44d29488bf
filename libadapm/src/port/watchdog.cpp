#include "port/watchdog.hpp"

#include <cmath>
#include <cstdio>

namespace adapm::port {

namespace {

constexpr std::size_t most_names = 4;

bool contains(std::span<const int> ranks, int rank) {
  return std::find(ranks.begin(), ranks.end(), rank) != ranks.end();
}

}  // namespace

std::vector<int> missing_ranks(int rank, int num_ranks, std::span<const int> alive,
                               std::span<const int> awaited) {
  std::vector<int> missing;
  for (int other = 0; other < num_ranks; ++other)
    if (other != rank && !contains(alive, other)) missing.push_back(other);
  return missing.empty() ? std::vector<int>(awaited.begin(), awaited.end()) : missing;
}

bool is_speaker(int rank, std::span<const int> missing) {
  int first = 0;
  while (contains(missing, first)) ++first;
  return rank == first;
}

std::string names_of(std::span<const int> ranks, std::span<const std::string> hosts) {
  const auto name = [&](int rank) {
    return std::to_string(rank) + " (" + hosts[static_cast<std::size_t>(rank)] + ")";
  };
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  const std::size_t shown = ranks.size() <= most_names ? ranks.size() : most_names - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 < ranks.size() ? ", " : " and ";
    text += name(ranks[i]);
  }
  if (shown < ranks.size()) text += " and " + std::to_string(ranks.size() - shown) + " more";
  return text;
}

std::string in_seconds(Watchdog::Duration duration) {
  return std::to_string(std::lround(std::chrono::duration<double>(duration).count())) + " s";
}

void say(const std::string& text) { std::fprintf(stderr, "adapm: %s\n", text.c_str()); }

}  // namespace adapm::port
