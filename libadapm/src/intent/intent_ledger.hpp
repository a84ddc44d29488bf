// Who here needs what until when? Workers append their intents to their sources; once a round the progress thread
// finds those that become due and those that are over. Nothing is hashed, nothing is allocated per intent that comes in
// order, and a worker's call costs one copy of its keys.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "adapm/types.hpp"
#include "base/mutex.hpp"
#include "intent/horizon.hpp"
#include "intent/intent_log.hpp"
#include "trace/progress_trace.hpp"

namespace adapm::intent {

/// One worker's clock and the intents it has signalled. The worker writes, the progress thread reads.
class IntentSource {
 public:
  /// `worker`: its number, for traces.
  explicit IntentSource(Clock first_clock = 0, std::uint64_t worker = 0) : worker_(worker), clock_(first_clock) {}

  // --- the worker ---
  void signal(KeySpan keys, Clock start, Clock end);
  void advance() { clock_.store(clock_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  [[nodiscard]] Clock clock() const { return clock_.load(std::memory_order_acquire); }
  /// The worker is gone: all its intents are over.
  void finish() { finished_.store(true, std::memory_order_release); }

  // --- the progress thread ---
  [[nodiscard]] bool finished() const { return finished_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t worker() const { return worker_; }
  /// What was signalled since the last call. `spare`, empty, takes the next.
  Words drain(Words spare);

 private:
  const std::uint64_t worker_;
  std::atomic<Clock> clock_;  // release: intents signalled before a tick are seen with it
  std::atomic<bool> finished_{false};
  base::Mutex mutex_;
  Words signalled_ ADAPM_GUARDED_BY(mutex_);
};

class IntentLedger {
 public:
  explicit IntentLedger(const Options& options, trace::ProgressTrace trace = {}) : options_(options), trace_(trace) {}

  /// Any thread.
  void add_source(std::shared_ptr<IntentSource> source);

  /// Progress thread: calls begin(keys) with the keys of all intents that have become due, then end(keys) with those
  /// of all begun intents that are over. An intent that is over before it was due is dropped silently. All keys at
  /// once, because intents may be small and the caller reaches for memory ahead.
  template <class Begin, class End>
  void collect(Begin&& begin, End&& end) {
    admit_new_sources();
    found_ = late_ = 0;
    begun_.clear();
    ended_.clear();
    for (auto& worker : workers_) advance(*worker);
    begin(KeySpan(begun_));
    end(KeySpan(ended_));
    remove_finished();
  }

  /// Progress thread: share of the intents that the last collect found too late, their start already reached.
  [[nodiscard]] double late_share() const {
    return found_ == 0 ? 0 : static_cast<double>(late_) / static_cast<double>(found_);
  }

 private:
  struct PerWorker {
    PerWorker(std::shared_ptr<IntentSource> from, const Options& options)
        : source(std::move(from)), horizon(options) {}
    std::shared_ptr<IntentSource> source;
    HorizonEstimator horizon;
    IntentLog log;
    // Signalled out of order:
    IntentHeap<&Intent::start> upcoming;
    IntentHeap<&Intent::end> live;
    [[nodiscard]] bool idle() const { return log.all_begun() && log.all_over() && upcoming.empty() && live.empty(); }
  };

  void admit_new_sources();
  void advance(PerWorker& worker);
  void end(PerWorker& worker, Clock now);
  void begin(PerWorker& worker, Clock now, Clock due_before);
  [[nodiscard]] bool is_live(const Intent& due, Clock now);
  void remove_finished();

  const Options options_;
  const trace::ProgressTrace trace_;
  std::vector<std::unique_ptr<PerWorker>> workers_;
  std::vector<Key> begun_;   // in the last collect
  std::vector<Key> ended_;
  std::uint64_t found_ = 0;  // intents that became due in the last collect
  std::uint64_t late_ = 0;   // of these, those that had already started
  base::Mutex mutex_;
  std::vector<std::shared_ptr<IntentSource>> new_sources_ ADAPM_GUARDED_BY(mutex_);
};

}  // namespace adapm::intent
