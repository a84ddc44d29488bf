// How the steady clocks of ranks differ.
#pragma once

#include <mpi.h>

#include <chrono>

namespace adapm::port {

struct ClockOffset {
  std::chrono::nanoseconds ahead{};     // how far this rank's clock is ahead of rank 0's; 0 on rank 0
  std::chrono::nanoseconds exact_to{};  // how wrong that may be; 0: not at all, as it is one clock
};

/// Collective. Cristian's algorithm: each rank in turn asks rank 0 for the time, several times, and believes the answer
/// that came fastest. Clocks that differ by less than can be told so are taken for one, as those of a host's ranks are.
[[nodiscard]] ClockOffset clock_offset(MPI_Comm communicator);

}  // namespace adapm::port
