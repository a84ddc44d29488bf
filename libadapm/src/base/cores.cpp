#include "base/cores.hpp"

#include <thread>

#include "base/thread_placement.hpp"

namespace adapm::base {

Cores Cores::now() {
  Cores cores;
  cores.of_host = static_cast<int>(std::thread::hardware_concurrency());
  if (const Units usable = usable_units(); !usable.empty()) cores.usable = static_cast<int>(usable.size());
  return cores;
}

std::string describe(Cores cores) {
  const std::string all = std::to_string(cores.of_host) + (cores.of_host == 1 ? " core" : " cores") + " here";
  return cores.bound() ? std::to_string(cores.usable) + " of " + all : all;
}

std::optional<std::string> crowding(int rank, int workers, Cores cores) {
  if (!cores.bound() || workers <= cores.usable) return std::nullopt;
  const std::string needed = std::to_string(workers + 1);  // and the progress thread
  return "rank " + std::to_string(rank) + " has " + std::to_string(workers) + " workers and is bound to " +
         std::to_string(cores.usable) + " of " + std::to_string(cores.of_host) +
         " cores; give it more: mpirun --bind-to none, or --map-by slot:PE=" + needed +
         "; srun --cpus-per-task=" + needed;
}

}  // namespace adapm::base
