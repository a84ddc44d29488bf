// The processor cores that this process may run on.
#pragma once

#include <optional>
#include <string>

namespace adapm::base {

struct Cores {
  int usable = 1;   ///< by this process, as mpirun, srun or taskset have bound it
  int of_host = 1;  ///< all that there are
  [[nodiscard]] bool bound() const { return usable < of_host; }

  /// Of the calling thread.
  static Cores now();
};

/// For the report: "8 cores here", "2 of 8 cores here".
[[nodiscard]] std::string describe(Cores cores);

/// What to tell a rank whose workers have to share the cores that it is bound to while the host has more.
[[nodiscard]] std::optional<std::string> crowding(int rank, int workers, Cores cores);

}  // namespace adapm::base
