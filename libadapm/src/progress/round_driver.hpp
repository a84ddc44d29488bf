// Carries rounds: when one begins, the question and the answer exchange, the vote by which all ranks take the same
// steps in the same round (stop, fail, grow, meet, interrupt), and who is told when one is over. A state machine that
// never blocks, except to grow; each call of poll makes at most one step.
//
// Progress thread only, except where it says so.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_engine.hpp"
#include "adapm/options.hpp"
#include "base/completion.hpp"
#include "base/health.hpp"
#include "base/mutex.hpp"
#include "port/port.hpp"
#include "port/reduce_queue.hpp"
#include "progress/meetings.hpp"
#include "progress/round_pace.hpp"
#include "progress/votes.hpp"
#include "round/round_protocol.hpp"
#include "stats/counters.hpp"
#include "store/value_store.hpp"
#include "trace/progress_trace.hpp"

namespace adapm::progress {

template <class V>
class RoundDriver {
 public:
  RoundDriver(const Options& options, port::Port& port, round::RoundProtocol<V>& protocol, store::ValueStore<V>& values,
              access::AccessEngine<V>& access, port::ReduceQueue& reductions, base::Health& health,
              stats::ProgressCounters& counters, trace::ProgressTrace trace = {});

  // --- any thread ---

  /// Completes `sync` when a round that begins from now on is over and this rank's wishes are fulfilled.
  void request_sync(std::shared_ptr<base::Completion> sync);
  /// This rank has nothing more to do; rounds go on until every rank says so.
  void request_stop() { stop_wanted_.store(true, std::memory_order_release); }
  /// Makes every rank fail in the next round.
  void request_failure(std::string_view reason);
  /// Completes `meeting` when all ranks have asked for one; see meetings.hpp.
  void request_meeting(std::shared_ptr<Meeting> meeting) { meetings_.attend(std::move(meeting)); }
  /// interruptions() grows on all ranks.
  void request_interruption() {
    const std::uint64_t wanted = interruptions() + 1;
    interruptions_wanted_.store(wanted, std::memory_order_relaxed);
    if (port_.size() == 1) interruptions_.store(wanted, std::memory_order_relaxed);
  }
  /// How often ranks have asked for one; requests that come together count once.
  [[nodiscard]] std::uint64_t interruptions() const { return interruptions_.load(std::memory_order_relaxed); }
  /// Somebody waits for a round, or there is news for one: do not wait long before the next.
  void note_urgency() { urgent_.store(true, std::memory_order_relaxed); }
  void note_activity() {
    if (!activity_.load(std::memory_order_relaxed)) activity_.store(true, std::memory_order_relaxed);
  }

  /// So many workers use this rank's cores.
  void set_workers(int workers) { workers_.store(workers, std::memory_order_relaxed); }

  // --- progress thread ---

  /// Makes a step if one can be made; returns whether it did.
  bool poll();
  /// The last round is over: all ranks have stopped, or the store has failed.
  [[nodiscard]] bool ended() const { return ended_; }
  /// No round is under way.
  [[nodiscard]] bool between_rounds() const { return phase_ == Phase::between; }
  [[nodiscard]] std::uint64_t rounds() const { return round_; }
  /// Completes everything that waits as failed.
  void fail_all();

 private:
  enum class Phase { between, asking, answering };
  struct Sync {
    std::shared_ptr<base::Completion> completion;
    int rounds = 0;
  };
  void begin();
  void put_texts(std::string_view failure, std::string_view brought);
  /// Sends what is in outgoing_, multicasts_ and summands_.
  void exchange(std::span<std::uint64_t> votes);
  [[nodiscard]] Vote own_vote();
  [[nodiscard]] std::string take_texts(std::vector<base::ByteReader>& questions);
  void questions_are_in();
  void answers_are_in();
  void finish();
  void complete_syncs();
  void grow();
  void end_in_failure(const std::string& reason);

  const Options options_;
  port::Port& port_;
  round::RoundProtocol<V>& protocol_;
  store::ValueStore<V>& values_;
  access::AccessEngine<V>& access_;
  port::ReduceQueue& reductions_;
  base::Health& health_;
  stats::ProgressCounters& counters_;
  const trace::ProgressTrace trace_;
  RoundPace pace_;

  Phase phase_ = Phase::between;
  std::uint64_t round_ = 0;
  std::chrono::steady_clock::time_point began_;
  std::chrono::nanoseconds processor_time_at_begin_{};
  std::chrono::nanoseconds cost_{};  // processor time of the last round
  bool ended_ = false;
  VoteWords votes_;
  Verdict verdict_;
  std::vector<base::Bytes> outgoing_, incoming_;
  base::Multicasts multicasts_;
  base::Summands summands_{base::add_arrays<V>};
  Meetings meetings_;
  std::vector<Sync> syncs_;  // taken into the round under way, or waiting for more rounds

  std::atomic<bool> stop_wanted_{false};
  bool stops_ = false;  // as it was at the round's begin
  std::atomic<std::uint64_t> interruptions_wanted_{0};
  std::atomic<std::uint64_t> interruptions_{0};  // agreed by all ranks
  std::atomic<bool> activity_{false};
  std::atomic<bool> urgent_{false};
  std::atomic<int> workers_{0};
  base::Mutex mutex_;
  std::vector<std::shared_ptr<base::Completion>> new_syncs_ ADAPM_GUARDED_BY(mutex_);
  bool closed_ ADAPM_GUARDED_BY(mutex_) = false;
  std::string failure_wanted_ ADAPM_GUARDED_BY(mutex_);
};

extern template class RoundDriver<float>;
extern template class RoundDriver<double>;
extern template class RoundDriver<std::int64_t>;

}  // namespace adapm::progress
