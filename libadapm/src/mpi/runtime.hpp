// MPI itself: initialised by the host program or by us, and at what thread level.
#pragma once

#include <mpi.h>

#include <string>

namespace adapm::mpi {

/// Initialises MPI if nobody has (asking for MPI_THREAD_MULTIPLE); then it is finalised at process exit, or the job
/// is aborted there if a store was left open or has failed. Returns the thread level granted.
/// Errors  ConfigurationError if MPI was initialised with less than MPI_THREAD_SERIALIZED, or is finalised already.
int ensure_initialized();

/// Counts the stores of this process. Under MPI_THREAD_SERIALIZED there can be one at a time, for each has a thread
/// that calls MPI.   Errors  ConfigurationError if there is one too many.
class OpenStore {
 public:
  explicit OpenStore(int thread_level);
  ~OpenStore();
  OpenStore(const OpenStore&) = delete;
  OpenStore& operator=(const OpenStore&) = delete;
  /// MPI may be unusable from now on: the job is aborted when the process exits, if we are to finalise MPI.
  static void note_failure();
};

/// Ends the job with a message: for failures that the other ranks cannot be told of.
[[noreturn]] void abort_job(MPI_Comm communicator, const std::string& message);

/// Throws Error with MPI's own text if a call returned something else than MPI_SUCCESS.
void check(int result, const char* call);

}  // namespace adapm::mpi
