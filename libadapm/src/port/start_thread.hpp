// A thread of the library's own on a rank, without which the store does not go on.
#pragma once

#include <mpi.h>

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "mpi/runtime.hpp"

namespace adapm::port {

/// Ends the job if the thread cannot be started: the other ranks have theirs, and would wait for this rank for ever.
template <class Body>
std::jthread start_thread(Body body) {
  try {
    return std::jthread(std::move(body));
  } catch (const std::system_error& error) {
    mpi::abort_job(MPI_COMM_WORLD, std::string("cannot start a thread: ") + error.what() +
                                       "; see ulimit -u and ulimit -v, and how many processes the container may have");
  }
}

}  // namespace adapm::port
