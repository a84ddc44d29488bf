#include "base/cores.hpp"

#include <sched.h>

#include <thread>

namespace adapm::base {

Cores Cores::now() {
  Cores cores;
  cores.of_host = static_cast<int>(std::thread::hardware_concurrency());
  cpu_set_t usable;
  CPU_ZERO(&usable);
  if (sched_getaffinity(0, sizeof usable, &usable) == 0) cores.usable = CPU_COUNT(&usable);
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
