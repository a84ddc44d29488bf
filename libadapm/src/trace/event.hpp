// What happens to a traced key, and when. Every kind of event is recorded in one place of the code.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapm/types.hpp"

namespace adapm::trace {

using SteadyClock = std::chrono::steady_clock;

enum class Kind : std::uint8_t {
  // a worker
  intent_signalled,  // clock: its start; until: its end
  access,            // the first of a clock; where: its Place; clock: that clock
  // the progress thread; where: the other rank
  intent_begun,  // it is acted on; where: the worker
  intent_ended,  // likewise
  moved_in,
  promoted,  // moved in, to the replica that was here
  moved_out,
  replica_set_up,
  replica_dropped,
  share_begun,
  share_ended,
  refreshed,
  update_sent,
  round  // clock: its number; until: nanoseconds that it took
};

/// As they are called in files.
constexpr std::array<std::string_view, 14> kind_names{
    "intent_signalled", "access",          "intent_begun", "intent_ended", "moved_in",  "promoted",    "moved_out",
    "replica_set_up",   "replica_dropped", "share_begun",  "share_ended",  "refreshed", "update_sent", "round"};
constexpr std::string_view name_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

/// Where an access finds a key: as in AccessCounts.
enum class Place : std::int32_t { local, replica, shared, neighbour, remote };

constexpr std::array<std::string_view, 5> place_names{"local", "replica", "shared", "neighbour", "remote"};
constexpr std::string_view name_of(Place place) { return place_names[static_cast<std::size_t>(place)]; }
/// In a slot of this rank, or in one that a neighbour keeps for it.
constexpr bool is_at_hand(Place place) {
  return place == Place::local || place == Place::replica || place == Place::shared;
}

struct Event {
  SteadyClock::rep time;  // as the clock counts
  Key key;
  std::int64_t clock;
  std::int64_t until;
  std::int32_t where;
  Kind kind;
};

/// The time at which a call was made, read when it is first asked for: often nothing of a call is recorded.
class CallTime {
 public:
  SteadyClock::rep get() {
    if (time_ == 0) time_ = SteadyClock::now().time_since_epoch().count();
    return time_;
  }

 private:
  SteadyClock::rep time_ = 0;
};

}  // namespace adapm::trace
