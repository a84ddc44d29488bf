// The words of an AdaPM program: types, constants, roles. What AdaPM has no word for is in ps::porting.
#pragma once

#include <adapm/adapm.h>
#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "ps/logging.h"

namespace ps {

using Key = adapm_key;
using Clock = long;
using Version = std::int64_t;
using SampleID = std::size_t;
static_assert(sizeof(Clock) == sizeof(adapm_clock), "clocks have 64 bits");

constexpr Clock WORKER_FINISHED = std::numeric_limits<Clock>::max();
constexpr Clock CLOCK_MAX = WORKER_FINISHED - 1;  // the end of an intent for ever
constexpr Clock WINDOW_MAX = CLOCK_MAX / 2;
constexpr int LOCAL = -1;  // the timestamp of what is done already
constexpr int kServerGroup = 2;

namespace porting {

/// Errors  dmlc::Error, as of a failed CHECK, if a function of the library has failed.
inline void require(adapm_status status) {
  if (status != ADAPM_OK) throw dmlc::Error(adapm_last_error());
}

/// The ranks of the job. MPI is initialised when somebody asks.
class Job {
 public:
  static const Job& get() {
    static const Job job;
    return job;
  }
  int rank() const { return rank_; }
  int size() const { return size_; }

 private:
  Job() {
    require(adapm_initialize_mpi());
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    setenv("DMLC_NUM_SERVER", std::to_string(size_).c_str(), 1);
    setenv("DMLC_RANK", std::to_string(rank_).c_str(), 1);
  }
  int rank_ = 0;
  int size_ = 1;
};

/// Every rank is a server, and programs find that in the environment before they call anything.
static const bool role_is_set = setenv("DMLC_ROLE", "server", 1) == 0;

inline std::function<void()>& exit_callback() {
  static std::function<void()> callback;
  return callback;
}

}  // namespace porting

/// The variables that AdaPM's launchers set.
class Environment {
 public:
  static Environment* Get() {
    static Environment environment;
    return &environment;
  }
  const char* find(const char* name) const {
    porting::Job::get();
    return std::getenv(name);
  }
};

inline int MyRank() { return porting::Job::get().rank(); }
inline int NumServers() { return porting::Job::get().size(); }
inline int NumWorkers() { return 0; }
inline bool IsWorker() { return false; }
inline bool IsServer() { return porting::role_is_set; }
inline bool IsScheduler() { return false; }
/// There is no such process; nobody has this role.
inline void Scheduler() {}

/// `callback` runs at the end of the server's shutdown.
inline void RegisterExitCallback(std::function<void()> callback) {
  porting::exit_callback() = std::move(callback);
}

}  // namespace ps
