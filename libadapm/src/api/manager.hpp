// One rank of a store, whole: the value store, the directory, the ledger, the rounds and the accesses, put together
// over a port. It knows no MPI and no threads of its own: somebody calls poll() (the progress thread, or a simulated
// cluster), workers call the rest.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "access/access_engine.hpp"
#include "adapm/error.hpp"
#include "adapm/options.hpp"
#include "adapm/statistics.hpp"
#include "api/worker_barrier.hpp"
#include "base/health.hpp"
#include "directory/location_table.hpp"
#include "intent/intent_ledger.hpp"
#include "port/port.hpp"
#include "port/reduce_queue.hpp"
#include "port/shared_barrier.hpp"
#include "progress/round_driver.hpp"
#include "round/round_protocol.hpp"
#include "sampling/population.hpp"
#include "stats/counters.hpp"
#include "store/value_store.hpp"
#include "trace/trace.hpp"

namespace adapm::api {

/// What a worker shares with the manager.
struct WorkerContext {
  WorkerContext(std::uint64_t its_number, Clock first_clock)
      : number(its_number), intents(std::make_shared<intent::IntentSource>(first_clock, number)) {}
  const std::uint64_t number;  // among this rank's workers, in the order of construction
  const std::shared_ptr<intent::IntentSource> intents;
  std::shared_ptr<store::DirtyList> dirty = std::make_shared<store::DirtyList>();
  stats::WorkerCounters counters;
  trace::WorkerTrace* trace = nullptr;  // if keys are traced
};

/// Behind the first rank's location words: what ranks use together that share one memory. Zeros at first.
struct SharedWords {
  static std::size_t bytes(int rank, const ValueLayout& layout) {
    return rank == 0 ? port::SharedBarrier::bytes + store::LockTable::bytes(layout.num_keys()) : 0;
  }
  [[nodiscard]] port::SharedBarrier::Words& barrier() const {
    return *reinterpret_cast<port::SharedBarrier::Words*>(memory);
  }
  [[nodiscard]] store::LockTable locks(const ValueLayout& layout) const {
    return {memory + port::SharedBarrier::bytes, layout.num_keys()};
  }

  std::byte* memory;
};

template <class V>
class Manager {
 public:
  /// Collective. `wake_up` is called by workers when there is something for poll() to do. `trace`: if keys are traced.
  Manager(const ValueLayout& layout, const Options& options, port::Port& port, std::function<void()> wake_up,
          trace::Trace* trace = nullptr);

  // --- workers (any thread) ---

  [[nodiscard]] const ValueLayout& layout() const { return layout_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] int rank() const { return table_.rank(); }
  [[nodiscard]] int num_ranks() const { return table_.num_ranks(); }
  [[nodiscard]] bool alone() const { return table_.num_ranks() == 1; }
  /// All ranks share one memory, where all keys are at hand for good: intents change nothing. Not so with relocation
  /// only.
  [[nodiscard]] bool keys_stay() const { return keys_stay_; }
  [[nodiscard]] base::Health& health() { return health_; }
  /// Errors  StoreFailure if the store has failed, UsageError if this rank has closed it.
  void check_open() const {
    health_.check();
    if (closed_.load(std::memory_order_relaxed)) throw UsageError("the store is closed");
  }
  [[nodiscard]] store::ValueStore<V>& values() { return values_; }
  [[nodiscard]] const directory::LocationTable& table() const { return table_; }
  [[nodiscard]] WorkerBarrier& worker_barrier() { return worker_barrier_; }

  [[nodiscard]] int num_workers();
  std::shared_ptr<WorkerContext> register_worker(Clock first_clock = 0);
  void withdraw_worker(const std::shared_ptr<WorkerContext>& worker);

  /// What this rank's workers sample from, until the first of them has asked for it.
  /// Errors  UsageError if one has.
  void set_population(std::shared_ptr<const sampling::Population> population);
  /// Errors  UsageError if there is none.
  std::shared_ptr<const sampling::Population> population();
  /// Seeds the generators that workers sample by. After a checkpoint was loaded it is another one: what is drawn now is
  /// not what was drawn before it was saved.
  [[nodiscard]] std::uint64_t sampling_seed() const { return options_.sampling_seed + loaded_checkpoint_; }
  void note_loaded(std::uint64_t checkpoint) { loaded_checkpoint_ = checkpoint; }

  /// Reads or changes the main copy in a neighbour's memory; false if it is not found there in a few tries.
  bool try_pull_neighbour(Key key, V* to);
  bool try_push_neighbour(Key key, const V* update, store::DirtyList& dirty);
  bool try_set_neighbour(Key key, const V* value, store::DirtyList& dirty);
  /// The main copy is in a neighbour's memory at this moment.
  [[nodiscard]] bool is_at_neighbour(Key key);
  void submit(access::Operation<V>& operation);
  /// News for the next round.
  void note_activity() {
    if (!keys_stay_) driver_.note_activity();
  }
  /// Blocks. Where keys stay there is one copy of each, and nothing to wait for.
  void sync();
  /// Blocks; one thread per rank at a time. Returns false if a rank has closed the store without taking part.
  [[nodiscard]] bool reduce(std::span<double> values, port::Combine combine);
  /// Blocks until all ranks have come, then returns what they brought, by rank; one thread per rank at a time, but
  /// beside reductions. `when_held`: done between the same two rounds on all ranks; the main copies then contain what
  /// any rank had pushed before it came.   Errors  UsageError if a rank closes the store instead of coming.
  std::vector<std::string> meet(std::string text, std::function<void()> when_held = {});
  /// interruptions() grows on all ranks within a round or two.
  void interrupt();
  [[nodiscard]] std::uint64_t interruptions() const { return driver_.interruptions(); }
  void fail(std::string_view reason);
  /// From now on workers are turned away; rounds go on until every rank has closed. Returns false if it was closed.
  bool close();
  /// The store has failed, or will, because this rank said so.
  [[nodiscard]] bool failing() const { return failing_.load() || health_.failed(); }
  [[nodiscard]] bool closed() const { return closed_.load(std::memory_order_relaxed); }

  [[nodiscard]] Statistics statistics() const;
  void reset_statistics();

  // --- the polling thread ---

  /// Does what there is to do; returns whether there was anything. Never blocks, except to grow.
  bool poll();
  [[nodiscard]] bool ended() const { return driver_.ended(); }
  /// Waiting for another rank, or for an acknowledgement: the next thing may come at any moment.
  [[nodiscard]] bool expects_something() {
    return !driver_.between_rounds() || !access_.idle() || reductions_.under_way();
  }
  /// Everything that waits, or will wait, gets StoreFailure. The last thing to be called.
  void fail_all();

  // --- the simulated cluster ---

  [[nodiscard]] round::RoundProtocol<V>& protocol() { return protocol_; }
  [[nodiscard]] progress::RoundDriver<V>& driver() { return driver_; }
  [[nodiscard]] access::AccessEngine<V>& access() { return access_; }

 private:
  [[nodiscard]] std::size_t home_bytes() const;
  void share_all();
  [[nodiscard]] SharedWords shared_words() const;
  [[nodiscard]] bool pass_barrier();
  template <class Access>
  bool access_neighbour(Key key, Access access);
  [[nodiscard]] Statistics count() const;

  const ValueLayout layout_;
  const Options options_;
  port::Port& port_;
  const std::function<void()> wake_up_;
  trace::Trace* const trace_;
  base::Health health_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> failing_{false};
  std::atomic<std::uint64_t> loaded_checkpoint_{0};  // its number
  stats::ProgressCounters counters_;
  const port::Region table_region_;
  directory::LocationTable table_;
  const bool keys_stay_;
  std::optional<port::SharedBarrier> shared_barrier_;  // where keys stay, if there are several ranks
  store::ValueStore<V> values_;
  intent::IntentLedger ledger_;
  port::ReduceQueue reductions_;
  round::RoundProtocol<V> protocol_;
  access::AccessEngine<V> access_;
  progress::RoundDriver<V> driver_;
  WorkerBarrier worker_barrier_;

  mutable base::Mutex mutex_;
  std::vector<std::shared_ptr<WorkerContext>> workers_ ADAPM_GUARDED_BY(mutex_);
  std::uint64_t workers_so_far_ ADAPM_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const sampling::Population> population_ ADAPM_GUARDED_BY(mutex_);
  bool population_in_use_ ADAPM_GUARDED_BY(mutex_) = false;
  Statistics of_gone_workers_ ADAPM_GUARDED_BY(mutex_);
  Statistics subtracted_ ADAPM_GUARDED_BY(mutex_);  // counts at the last reset
  std::chrono::steady_clock::time_point counting_since_ ADAPM_GUARDED_BY(mutex_);
};

extern template class Manager<float>;
extern template class Manager<double>;
extern template class Manager<std::int64_t>;

}  // namespace adapm::api
