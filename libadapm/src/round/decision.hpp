// The decision at the heart of the manager (AdaPM, section 4): what becomes of a key that ranks ask for. Pure.
#pragma once

#include <cstddef>

#include "adapm/options.hpp"

namespace adapm::round {

/// What the owner knows about one key when all questions of a round are in.
struct Interest {
  bool owner_has_live_intent = false;
  std::size_t replicas = 0;  ///< ranks with a replica, releases of this round taken off
  std::size_t sharers = 0;   ///< neighbours that share the main copy, releases of this round taken off
  std::size_t askers = 0;    ///< ranks that ask for the key in this round
  bool neighbours_ask = false;  ///< there are askers, and all are neighbours
  /// Several ranks want what may not be replicated: it goes round, but only every few rounds, so that those who look
  /// for it find it.
  bool goes_round_now = true;
};

enum class Placement {
  stay,      ///< nothing changes
  move,      ///< the main copy goes to the asker, or, without one, to the holder of the only replica
  replicate  ///< the askers get replicas; neighbours share the main copy
};

/// Moves a key if exactly one rank is interested in it, and that rank is on another host; replicates it if several are.
[[nodiscard]] constexpr Placement decide(Techniques techniques, Interest interest) {
  switch (techniques) {
    case Techniques::replication_only:
      return interest.askers > 0 ? Placement::replicate : Placement::stay;
    case Techniques::relocation_only:
      if (interest.askers == 0) return Placement::stay;
      if (interest.askers == 1 && !interest.owner_has_live_intent) return Placement::move;
      return interest.goes_round_now ? Placement::move : Placement::stay;
    case Techniques::all:
      break;
  }
  const bool only_one = interest.replicas + interest.sharers + interest.askers == 1;
  const bool on_this_host = interest.sharers > 0 || interest.neighbours_ask;
  if (only_one && !on_this_host && !interest.owner_has_live_intent) return Placement::move;
  return interest.askers > 0 ? Placement::replicate : Placement::stay;
}

}  // namespace adapm::round
