#include "base/thread_placement.hpp"

#include <hwloc.h>
#include <sched.h>

#include <algorithm>
#include <iterator>
#include <memory>

namespace adapm::base {

namespace {

/// All of the machine's, in hwloc's order; none if it cannot tell.
std::vector<Units> read_cores() {
  std::vector<Units> cores;
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return cores;
  const std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)> owner(topology, &hwloc_topology_destroy);
  if (hwloc_topology_load(topology) != 0) return cores;
  for (hwloc_obj_t core = nullptr;
       (core = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_CORE, core)) != nullptr;) {
    Units units;
    for (int unit = -1; (unit = hwloc_bitmap_next(core->cpuset, unit)) >= 0;) units.push_back(unit);
    cores.push_back(std::move(units));
  }
  return cores;
}

bool intersect(const Units& a, const Units& b) {
  return std::ranges::any_of(a, [&](int unit) { return std::ranges::binary_search(b, unit); });
}

void append(Units& to, const Units& units) {
  const auto middle = to.insert(to.end(), units.begin(), units.end());
  std::inplace_merge(to.begin(), middle, to.end());
}

std::optional<ThreadPlacement> place(const std::vector<Units>& cores, Sharing sharing, int workers) {
  const auto count = static_cast<int>(cores.size());
  if (count < sharing.ranks * (workers + 1)) return std::nullopt;
  ThreadPlacement placement;
  placement.progress = cores[static_cast<std::size_t>(count - 1 - sharing.index)];
  for (int i = 0; i < count - sharing.ranks; ++i) append(placement.workers, cores[static_cast<std::size_t>(i)]);
  return placement;
}

}  // namespace

Units usable_units() {
  cpu_set_t set;
  CPU_ZERO(&set);
  Units units;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return units;
  for (int unit = 0; unit < CPU_SETSIZE; ++unit)
    if (CPU_ISSET(static_cast<std::size_t>(unit), &set)) units.push_back(unit);
  return units;
}

std::vector<Units> by_core(const Units& usable) {
  static const std::vector<Units> all = read_cores();  // which takes some milliseconds
  std::vector<Units> cores;
  for (const Units& core : all) {
    Units units;
    std::ranges::set_intersection(core, usable, std::back_inserter(units));
    if (!units.empty()) cores.push_back(std::move(units));
  }
  return cores;
}

bool run_on(pthread_t thread, const Units& units) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int unit : units) CPU_SET(static_cast<std::size_t>(unit), &set);
  return pthread_setaffinity_np(thread, sizeof set, &set) == 0;
}

Sharing sharing_of(const std::vector<Units>& of_ranks, int rank) {
  Sharing sharing{0, 0};
  for (int other = 0; other < static_cast<int>(of_ranks.size()); ++other) {
    if (other != rank && !intersect(of_ranks[static_cast<std::size_t>(other)], of_ranks[static_cast<std::size_t>(rank)]))
      continue;
    if (other < rank) ++sharing.index;
    ++sharing.ranks;
  }
  return sharing;
}

std::optional<ThreadPlacement> place_threads(const std::vector<Units>& cores, Sharing sharing, int workers) {
  if (workers < 1) return std::nullopt;
  if (auto placement = place(cores, sharing, workers)) return placement;
  std::vector<Units> units;
  for (const Units& core : cores)
    for (const int unit : core) units.push_back({unit});
  return place(units, sharing, workers);
}

std::string text_of(const Units& units) {
  std::string text;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::size_t first = i;
    while (i + 1 < units.size() && units[i + 1] == units[i] + 1) ++i;
    if (!text.empty()) text += ',';
    text += std::to_string(units[first]);
    if (i > first) text += '-' + std::to_string(units[i]);
  }
  return text;
}

}  // namespace adapm::base
