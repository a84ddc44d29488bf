// What is behind a Store: the manager on an MPI port, and the progress thread that polls it.
#pragma once

#include <mpi.h>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "adapm/store.hpp"
#include "api/live_statistics.hpp"
#include "api/manager.hpp"
#include "api/open_trace.hpp"
#include "base/cores.hpp"
#include "mpi/runtime.hpp"
#include "port/mpi_port.hpp"
#include "port/progress_thread.hpp"
#include "port/round_watch.hpp"

namespace adapm {

namespace api {

/// Throws ConfigurationError on every rank, naming the first difference, unless all ranks have equal values.
void check_agreement(MPI_Comm communicator, const ValueLayout& layout, const Options& options, const char* element);

}  // namespace api

template <ValueElement V>
struct Store<V>::Implementation {
  Implementation(const ValueLayout& layout, const Options& options, MPI_Comm communicator);
  ~Implementation();
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  void close();
  /// See Store.
  base::Units separate_cores(int workers);
  void unite_cores(const base::Units& units_before);
  /// A worker has come: says once, on rank 0, if there are more than cores that the rank may use.
  void look_for_crowding();

  const int exceptions_at_construction = std::uncaught_exceptions();
  const int thread_level;
  const mpi::OpenStore open_store;
  const bool reports;
  const base::Cores cores = base::Cores::now();
  port::MpiPort port;
  std::optional<api::OpenTrace> trace;  // if keys are traced; before what writes to it
  api::Manager<V> manager;
  std::atomic<bool> at_checkpoint{false};  // a thread of this rank is saving or loading one
  std::atomic<bool> disorder{false};  // the progress thread has ended by itself, the other ranks do not know
  std::string why_disorder;                      // set before
  std::optional<port::RoundWatch> watch;         // none on a single rank
  std::optional<api::LiveStatistics> live;       // if it is wanted
  std::optional<port::ProgressThread> progress;  // likewise; after what it uses

 private:
  std::atomic<bool> told_of_crowding_{false};
  std::atomic<bool> told_of_separate_cores_{false};
  void start_progress();
  void report() const;
  void progress_failed(const std::string& what);
};

}  // namespace adapm
