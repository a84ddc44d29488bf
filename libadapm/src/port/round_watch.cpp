#include "port/round_watch.hpp"

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/serialization/string.hpp>

#include "adapm/error.hpp"
#include "mpi/runtime.hpp"

namespace adapm::port {

namespace {

using mpi::check;

constexpr int first_tag = 16;  // the port uses lower ones
constexpr std::uint64_t tags = 1024;

int tag_of(std::uint64_t round) { return first_tag + static_cast<int>(round % tags); }

}  // namespace

RoundWatch::RoundWatch(const Options& options, const MpiPort& port)
    : options_(options),
      port_(port),
      watchdog_(options, std::chrono::steady_clock::now()),
      heartbeat_(options, "the progress thread of rank " + std::to_string(port.rank()) +
                              " is stuck, in a collective call or at a lock that a stopped rank holds,") {
  const boost::mpi::communicator all(port.communicator(), boost::mpi::comm_attach);
  boost::mpi::all_gather(all, boost::mpi::environment::processor_name(), hosts_);
}

void RoundWatch::look(bool between_rounds, std::uint64_t round) {
  heartbeat_.beat();
  switch (watchdog_.look(std::chrono::steady_clock::now(), !between_rounds, port_.arrivals())) {
    case Watchdog::Step::none:
      return;
    case Watchdog::Step::ask:
      alive_.clear();
      return send_signs_of_life(round);
    case Watchdog::Step::warn: {
      const std::vector<int> ranks = missing(round);
      if (is_speaker(port_.rank(), ranks)) warn(ranks);
      return;
    }
    case Watchdog::Step::relieved:
      if (!warned_of_.empty()) say(warned_of_ + ": there again after " + in_seconds(watchdog_.last_wait()));
      return warned_of_.clear();
    case Watchdog::Step::end: {
      const std::vector<int> ranks = missing(round);
      const bool overdue = watchdog_.waited() >= watchdog_.end_after() + Watchdog::deference;
      if (is_speaker(port_.rank(), ranks) || overdue) throw Error(complaint(ranks) + " (--sys.watchdog.end)");
    }
  }
}

/// Empty messages: nothing to keep until they have left.
void RoundWatch::send_signs_of_life(std::uint64_t round) const {
  for (int rank = 0; rank < port_.size(); ++rank) {
    if (rank == port_.rank()) continue;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Isend(nullptr, 0, MPI_BYTE, rank, tag_of(round), port_.communicator(), &request), "MPI_Isend");
    check(MPI_Request_free(&request), "MPI_Request_free");
  }
}

/// Ranks that wait for each other are in the same round or in two that follow each other. What is left of
/// earlier waits has another tag.
void RoundWatch::receive_signs_of_life(std::uint64_t round) {
  for (const std::uint64_t of : {round - 1, round, round + 1}) {
    for (int arrived = 1; arrived != 0;) {
      MPI_Status status;
      check(MPI_Iprobe(MPI_ANY_SOURCE, tag_of(of), port_.communicator(), &arrived, &status), "MPI_Iprobe");
      if (arrived == 0) break;
      check(MPI_Recv(nullptr, 0, MPI_BYTE, status.MPI_SOURCE, tag_of(of), port_.communicator(),
                     MPI_STATUS_IGNORE),
            "MPI_Recv");
      alive_.push_back(status.MPI_SOURCE);
    }
  }
}

std::vector<int> RoundWatch::missing(std::uint64_t round) {
  receive_signs_of_life(round);
  return missing_ranks(port_.rank(), port_.size(), alive_, port_.awaited());
}

std::string RoundWatch::complaint(std::span<const int> missing) const {
  return "nothing has come from " + names_of(missing, hosts_) + " for " + in_seconds(watchdog_.waited()) +
         ", and all ranks wait: stopped, overloaded, or cut off";
}

void RoundWatch::warn(std::span<const int> missing) {
  const bool ends = options_.watchdog_end > 0;
  warned_of_ = names_of(missing, hosts_);
  say(complaint(missing) + "; the job " +
      (ends ? "is ended after " + in_seconds(watchdog_.end_after()) : "waits on") + " (--sys.watchdog.end)");
}

}  // namespace adapm::port
