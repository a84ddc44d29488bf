// Whether what MPI was asked for is done.
#pragma once

#include <mpi.h>

#include <span>

#include "mpi/runtime.hpp"

namespace adapm::port {

inline bool test(MPI_Request& request) {
  int done = 0;
  mpi::check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

inline bool test_all(std::span<MPI_Request> requests) {
  int done = 0;
  mpi::check(MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE), "MPI_Testall");
  return done != 0;
}

}  // namespace adapm::port
