// What a rank's progress thread does with traced keys. Values of this class are handles on one buffer; without one, as
// by default, nothing is traced.
#pragma once

#include <cstdint>

#include "trace/event_buffer.hpp"
#include "trace/key_choice.hpp"

namespace adapm::trace {

/// Progress thread only.
class ProgressTrace {
 public:
  ProgressTrace() = default;
  ProgressTrace(const KeyChoice& keys, EventBuffer& events) : keys_(&keys), events_(&events) {}

  /// `where`: the other rank.
  void note(Kind kind, Key key, int where) const {
    if (keys_ != nullptr && keys_->contains(key)) record(kind, key, where);
  }
  /// Of `worker`'s intent.
  void note_intent(Kind kind, KeySpan keys, std::uint64_t worker) const {
    if (keys_ == nullptr) return;
    CallTime now;
    for (const Key key : keys)
      if (keys_->contains(key)) events_->record({now.get(), key, 0, 0, static_cast<std::int32_t>(worker), kind});
  }
  void note_round(std::uint64_t number, SteadyClock::time_point began) const {
    if (events_ == nullptr) return;
    const std::chrono::nanoseconds taken = SteadyClock::now() - began;
    events_->record(
        {began.time_since_epoch().count(), 0, static_cast<std::int64_t>(number), taken.count(), 0, Kind::round});
  }

 private:
  void record(Kind kind, Key key, int where) const { events_->record({CallTime().get(), key, 0, 0, where, kind}); }

  const KeyChoice* keys_ = nullptr;
  EventBuffer* events_ = nullptr;
};

}  // namespace adapm::trace
