// Watches, on the progress thread, that rounds go on: names the ranks that keep them up, and gives up in the
// end. See watchdog.hpp for when, docs/failures.md for what users see.
//
// A rank that waits does not know whether another is late or waits itself, for a third. So all that wait say
// so, and those that have said nothing are named, by the first of the others.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "port/heartbeat.hpp"
#include "port/mpi_port.hpp"
#include "port/watchdog.hpp"

namespace adapm::port {

class RoundWatch {
 public:
  /// Collective over the port's ranks.
  RoundWatch(const Options& options, const MpiPort& port);

  /// Progress thread, whenever it has looked for what has come. `round`: the number of the one under way.
  /// Errors  Error that names the missing ranks when nothing has come from them for too long.
  void look(bool between_rounds, std::uint64_t round);
  /// It does not look any more.
  void end() { heartbeat_.stop(); }

 private:
  void send_signs_of_life(std::uint64_t round) const;
  void receive_signs_of_life(std::uint64_t round);
  [[nodiscard]] std::vector<int> missing(std::uint64_t round);
  [[nodiscard]] std::string complaint(std::span<const int> missing) const;
  void warn(std::span<const int> missing);

  const Options options_;
  const MpiPort& port_;
  std::vector<std::string> hosts_;  // by rank
  Watchdog watchdog_;
  std::vector<int> alive_;  // ranks that have given a sign of life in this wait
  std::string warned_of_;
  Heartbeat heartbeat_;  // of the thread that looks
};

}  // namespace adapm::port
