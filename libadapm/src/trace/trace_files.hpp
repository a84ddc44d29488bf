// The files of one rank's trace, in the folder of --sys.trace.out: trace.RANK.tsv with the events, locality.RANK.tsv
// with how often keys were accessed. See docs/tracing.md.
#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "trace/trace.hpp"

namespace adapm::trace {

/// How a rank's clock is read.
struct TimeBase {
  SteadyClock::time_point zero;          // of this rank's clock, at which the trace's time begins
  std::chrono::nanoseconds exact_to{};  // how far it may be from that of rank 0
};

class TraceFiles {
 public:
  /// Makes the folder and the files.   Errors  ConfigurationError naming the option if that cannot be.
  TraceFiles(const std::string& folder, int rank, int num_ranks);

  /// Writes what there is, and ends the files. `asked_for`: the keys, in the words of the option. What cannot be
  /// written, or was not kept, is said on standard error.
  void write(const Trace& trace, const TimeBase& times, const std::string& asked_for);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct File {
    std::string path;
    std::unique_ptr<std::FILE, CloseFile> stream;
  };
  static File create(const std::string& folder, const char* name, int rank);
  static void end(File& file);
  void write_events(const Trace& trace, const TimeBase& times, const std::string& asked_for);
  void write_counts(const Trace& trace);

  const int rank_;
  const int num_ranks_;
  File events_;
  File counts_;
};

}  // namespace adapm::trace
