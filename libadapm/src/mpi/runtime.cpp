#include "mpi/runtime.hpp"

#include <atomic>
#include <boost/mpi/environment.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "adapm/error.hpp"

namespace adapm::mpi {

namespace {

std::atomic<int> open_stores{0};
std::atomic<bool> some_store_failed{false};
std::unique_ptr<boost::mpi::environment> environment;  // ours to finalise; written once, under call_once

void finalize_at_exit() {
  if (open_stores.load() > 0) abort_job(MPI_COMM_WORLD, "the process exits although a store is open");
  if (some_store_failed.load()) {
    // The others may be anywhere, so there is no orderly end.
    std::fflush(nullptr);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  environment.reset();
}

const char* level_name(int level) {
  switch (level) {
    case MPI_THREAD_SINGLE:
      return "MPI_THREAD_SINGLE";
    case MPI_THREAD_FUNNELED:
      return "MPI_THREAD_FUNNELED";
    case MPI_THREAD_SERIALIZED:
      return "MPI_THREAD_SERIALIZED";
    default:
      return "MPI_THREAD_MULTIPLE";
  }
}

}  // namespace

int ensure_initialized() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (boost::mpi::environment::finalized())
    throw ConfigurationError("MPI has been finalised already; open the store before");
  if (!boost::mpi::environment::initialized()) {
    environment = std::make_unique<boost::mpi::environment>(boost::mpi::threading::multiple, false);
    std::atexit(finalize_at_exit);
  }
  int level = MPI_THREAD_SINGLE;
  check(MPI_Query_thread(&level), "MPI_Query_thread");
  if (level < MPI_THREAD_SERIALIZED)
    throw ConfigurationError(std::string("MPI was initialised with ") + level_name(level) +
                             "; a store needs MPI_THREAD_SERIALIZED or MPI_THREAD_MULTIPLE: call MPI_Init_thread with "
                             "one of these, or let the store initialise MPI");
  return level;
}

OpenStore::OpenStore(int thread_level) {
  const int others = open_stores.fetch_add(1);
  if (others > 0 && thread_level < MPI_THREAD_MULTIPLE) {
    open_stores.fetch_sub(1);
    throw ConfigurationError(
        "another store is open, and MPI was initialised with MPI_THREAD_SERIALIZED: for several stores at a time "
        "initialise MPI with MPI_THREAD_MULTIPLE");
  }
}

OpenStore::~OpenStore() { open_stores.fetch_sub(1); }

void OpenStore::note_failure() { some_store_failed.store(true); }

void abort_job(MPI_Comm communicator, const std::string& message) {
  int rank = -1;
  MPI_Comm_rank(communicator, &rank);
  std::fprintf(stderr, "adapm: rank %d: %s; aborting the job\n", rank, message.c_str());
  std::fflush(nullptr);
  MPI_Abort(communicator, 1);
  std::abort();
}

void check(int result, const char* call) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(result, text, &length);
  throw Error(std::string(call) + ": " + std::string(text, static_cast<std::size_t>(length)));
}

}  // namespace adapm::mpi
