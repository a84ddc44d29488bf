// What one worker does with traced keys: intents, the first access in each clock, and counts of all accesses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/prefetch.hpp"
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
    CallTime now;
    for (const std::size_t i : find_traced(keys))
      events_.record({now.get(), keys[i], start, end, 0, Kind::intent_signalled});
  }
  void note_sample(KeySpan keys) {
    for (const std::size_t i : find_traced(keys)) ++counted_[keys_.number_of(keys[i])].samples;
  }

  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  /// A call in this clock accesses `keys`. Returns the place of the first that is traced, or none.
  std::size_t begin_accesses(KeySpan keys, Clock clock) {
    const std::span<std::size_t> traced = find_traced(keys);
    for (const std::size_t i : traced) base::prefetch<base::Use::writing>(&counted_[keys_.number_of(keys[i])]);
    next_ = traced.data();
    clock_ = clock;
    now_ = CallTime();
    return *next_;
  }
  /// The next traced key of the call is accessed. Returns the place of the one after it, or none.
  std::size_t note_access(Key key, Place place) {
    Counted& counted = counted_[keys_.number_of(key)];
    ++counted.accesses;
    if (is_at_hand(place)) ++counted.local;
    if (counted.last != clock_) {
      counted.last = clock_;
      events_.record({now_.get(), key, clock_, 0, static_cast<std::int32_t>(place), Kind::access});
    }
    return *++next_;
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
  /// The places of the traced ones; behind them is none. Without branches, for there are few and who knows where.
  std::span<std::size_t> find_traced(KeySpan keys) {
    if (traced_.size() < keys.size() + 1) traced_.resize(keys.size() + 1);
    std::size_t* const traced = traced_.data();
    std::size_t count = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      traced[count] = i;
      count += static_cast<std::size_t>(keys_.contains(keys[i]));
    }
    traced_[count] = none;
    return {traced_.data(), count};
  }

  struct Counted {
    stats::Counter accesses, local, samples;
    Clock last = std::numeric_limits<Clock>::min();  // in which an access was recorded
  };

  const KeyChoice& keys_;
  const std::uint64_t worker_;
  EventBuffer events_;
  std::unique_ptr<Counted[]> counted_;  // by number of key

  // Of the call that accesses keys:
  std::vector<std::size_t> traced_;    // their places
  const std::size_t* next_ = nullptr;  // of them
  Clock clock_ = 0;
  CallTime now_;
};

}  // namespace adapm::trace
