// One rank's trace: the events of all its threads, and how often keys were accessed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/mutex.hpp"
#include "trace/event_buffer.hpp"
#include "trace/key_choice.hpp"
#include "trace/progress_trace.hpp"
#include "trace/worker_trace.hpp"

namespace adapm::trace {

/// An event and whose it is.
struct ThreadEvent {
  static constexpr std::int64_t progress_thread = -1;
  Event event;
  std::int64_t thread = progress_thread;  // else the worker's number
};

/// Thread-safe.
class Trace {
 public:
  /// Keeps at most `max_events`.
  Trace(KeyChoice keys, std::uint64_t max_events);

  [[nodiscard]] ProgressTrace progress() { return {keys_, progress_events_}; }
  /// Valid as long as this is.
  WorkerTrace& add_worker(std::uint64_t worker);
  /// The worker will note nothing any more.
  void remove_worker(WorkerTrace& worker);

  [[nodiscard]] const KeyChoice& keys() const { return keys_; }
  /// What happened so far, in order of time.
  [[nodiscard]] std::vector<ThreadEvent> events() const;
  /// Events that were not kept.
  [[nodiscard]] std::uint64_t dropped() const;
  /// By number of key.
  [[nodiscard]] std::vector<KeyCounts> counts() const;

 private:
  const KeyChoice keys_;
  EventBudget budget_;
  EventBuffer progress_events_;
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<WorkerTrace>> workers_ ADAPM_GUARDED_BY(mutex_);  // also those that are gone
  std::vector<KeyCounts> of_gone_workers_ ADAPM_GUARDED_BY(mutex_);
};

}  // namespace adapm::trace
