#include "api/open_trace.hpp"

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/serialization/string.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapm/error.hpp"
#include "port/clock_offset.hpp"

namespace adapm::api {

namespace {

/// If one rank cannot write its files, all complain.
trace::TraceFiles create_files(const std::string& folder, const port::MpiPort& port) {
  std::optional<trace::TraceFiles> files;
  std::string complaint;
  try {
    files.emplace(folder, port.rank(), port.size());
  } catch (const ConfigurationError& error) {
    complaint = error.what();
  }
  std::vector<std::string> complaints;
  boost::mpi::all_gather(boost::mpi::communicator(port.communicator(), boost::mpi::comm_attach), complaint, complaints);
  for (std::size_t rank = 0; rank < complaints.size(); ++rank)
    if (!complaints[rank].empty())
      throw ConfigurationError("rank " + std::to_string(rank) + " " + complaints[rank]);
  return std::move(*files);
}

trace::TimeBase agree_on_time(const port::MpiPort& port) {
  const port::ClockOffset offset = port::clock_offset(port.communicator());
  std::int64_t zero = trace::SteadyClock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  boost::mpi::broadcast(boost::mpi::communicator(port.communicator(), boost::mpi::comm_attach), zero, 0);
  return {trace::SteadyClock::time_point(std::chrono::nanoseconds(zero) + offset.ahead), offset.exact_to};
}

}  // namespace

OpenTrace::OpenTrace(const Options& options, std::uint64_t num_keys, const port::MpiPort& port)
    : asked_for_(options.trace_keys),
      trace_(trace::choose_keys(options.trace_keys, num_keys), options.trace_events),
      files_(create_files(options.trace_out, port)),
      times_(agree_on_time(port)) {}

}  // namespace adapm::api
