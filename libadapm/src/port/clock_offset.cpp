#include "port/clock_offset.hpp"

#include <cstdint>
#include <limits>

#include "mpi/communicator.hpp"
#include "mpi/runtime.hpp"

namespace adapm::port {

namespace {

using mpi::check;

constexpr int attempts = 20;
constexpr int tag = 0;

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1); }

void tell_time(int to, MPI_Comm communicator) {
  for (int i = 0; i < attempts; ++i) {
    std::int64_t time = 0;
    check(MPI_Recv(&time, 1, MPI_INT64_T, to, tag, communicator, MPI_STATUS_IGNORE), "MPI_Recv");
    time = now();
    check(MPI_Send(&time, 1, MPI_INT64_T, to, tag, communicator), "MPI_Send");
  }
}

ClockOffset ask_for_time(MPI_Comm communicator) {
  std::int64_t fastest = std::numeric_limits<std::int64_t>::max();
  std::int64_t ahead = 0;
  for (int i = 0; i < attempts; ++i) {
    const std::int64_t asked = now();
    std::int64_t theirs = 0;
    check(MPI_Send(&asked, 1, MPI_INT64_T, 0, tag, communicator), "MPI_Send");
    check(MPI_Recv(&theirs, 1, MPI_INT64_T, 0, tag, communicator, MPI_STATUS_IGNORE), "MPI_Recv");
    const std::int64_t taken = now() - asked;
    if (taken >= fastest) continue;
    fastest = taken;
    ahead = asked + taken / 2 - theirs;
  }
  const std::int64_t exact_to = (fastest + 1) / 2;
  if (ahead <= exact_to && ahead >= -exact_to) return {};
  return {std::chrono::nanoseconds(ahead), std::chrono::nanoseconds(exact_to)};
}

}  // namespace

ClockOffset clock_offset(MPI_Comm communicator) {
  const mpi::Communicator all = mpi::Communicator::duplicate(communicator);
  if (all.rank() > 0) return ask_for_time(all.get());
  for (int rank = 1; rank < all.size(); ++rank) tell_time(rank, all.get());
  return {};
}

}  // namespace adapm::port
