// The trace of an open store on one rank (--sys.trace.keys), and the files that it goes to.
#pragma once

#include "adapm/options.hpp"
#include "port/mpi_port.hpp"
#include "trace/trace.hpp"
#include "trace/trace_files.hpp"

namespace adapm::api {

class OpenTrace {
 public:
  /// Collective.   Errors  ConfigurationError on all ranks if the keys are not there or a rank cannot write its files.
  OpenTrace(const Options& options, std::uint64_t num_keys, const port::MpiPort& port);

  [[nodiscard]] trace::Trace& trace() { return trace_; }
  /// The store has closed, in order or not.
  void write() { files_.write(trace_, times_, asked_for_); }

 private:
  const std::string asked_for_;
  trace::Trace trace_;
  trace::TraceFiles files_;
  const trace::TimeBase times_;
};

}  // namespace adapm::api
