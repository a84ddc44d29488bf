// What one worker does with traced keys: intents, the first access in each clock, and counts of all accesses.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "stats/counters.hpp"
#include "trace/event_buffer.hpp"
#include "trace/key_choice.hpp"

namespace adapm::trace {

/// How often a key was accessed.
struct KeyCounts {
  std::uint64_t accesses = 0;
  std::uint64_t local = 0;    // at hand
  std::uint64_t samples = 0;  // as part of a sample; counted as accesses too
};

class WorkerTrace {
 public:
  WorkerTrace(const KeyChoice& keys, std::uint64_t worker, EventBudget& budget)
      : keys_(keys), worker_(worker), events_(budget), counted_(new Counted[keys.count()]) {}

  // --- the worker ---

  void note_intent(KeySpan keys, Clock start, Clock end) {
    for (const Key key : keys)
      if (keys_.contains(key)) events_.record({SteadyClock::now(), key, start, end, 0, Kind::intent_signalled});
  }
  void note_access(Key key, Place place, Clock now) {
    if (!keys_.contains(key)) return;
    Counted& counted = counted_[keys_.number_of(key)];
    ++counted.accesses;
    if (is_at_hand(place)) ++counted.local;
    if (counted.last == now) return;
    counted.last = now;
    events_.record({SteadyClock::now(), key, now, 0, static_cast<std::int32_t>(place), Kind::access});
  }
  void note_samples(KeySpan keys) {
    for (const Key key : keys)
      if (keys_.contains(key)) ++counted_[keys_.number_of(key)].samples;
  }

  // --- any thread ---

  [[nodiscard]] std::uint64_t worker() const { return worker_; }
  [[nodiscard]] const EventBuffer& events() const { return events_; }
  /// `sums` are by number of key.
  void add_counts_to(std::vector<KeyCounts>& sums) const {
    for (std::size_t i = 0; counted_ != nullptr && i < sums.size(); ++i) {
      sums[i].accesses += counted_[i].accesses.value();
      sums[i].local += counted_[i].local.value();
      sums[i].samples += counted_[i].samples.value();
    }
  }
  /// The worker is gone, and its counts are kept elsewhere.
  void forget_counts() { counted_.reset(); }

 private:
  struct Counted {
    stats::Counter accesses, local, samples;
    Clock last = std::numeric_limits<Clock>::min();  // in which an access was recorded
  };

  const KeyChoice& keys_;
  const std::uint64_t worker_;
  EventBuffer events_;
  std::unique_ptr<Counted[]> counted_;  // by number of key
};

}  // namespace adapm::trace
