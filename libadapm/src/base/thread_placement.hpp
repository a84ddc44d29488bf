// Which cores a rank's threads run on: its workers leave one to the progress thread, where there are enough.
#pragma once

#include <pthread.h>

#include <optional>
#include <string>
#include <vector>

namespace adapm::base {

/// Processing units (hardware threads) by the system's numbers, ascending.
using Units = std::vector<int>;

/// That the calling thread may run on.
[[nodiscard]] Units usable_units();
/// `usable` by core, cores that are close to each other one after the other, as hwloc knows them.
[[nodiscard]] std::vector<Units> by_core(const Units& usable);
/// From now on `thread` runs on `units` only. Returns false if the system does not let it.
bool run_on(pthread_t thread, const Units& units);

/// Ranks whose processes may run on some of the same units, and which of them this one is.
struct Sharing {
  int ranks = 1;
  int index = 0;
};
/// `of_ranks`: the units of each rank of the host.
[[nodiscard]] Sharing sharing_of(const std::vector<Units>& of_ranks, int rank);

struct ThreadPlacement {
  Units workers;
  Units progress;
};
/// The last cores are the progress threads', one each; all workers share the others. By cores if there are enough for
/// every worker and progress thread to have one, else by units; nothing if there are too few of these, too, or no workers.
[[nodiscard]] std::optional<ThreadPlacement> place_threads(const std::vector<Units>& cores, Sharing sharing, int workers);

/// "0-3,8".
[[nodiscard]] std::string text_of(const Units& units);

}  // namespace adapm::base
