/// @file
/// A worker: one compute thread's handle on a store.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapm/error.hpp"
#include "adapm/sampling.hpp"
#include "adapm/store.hpp"
#include "adapm/types.hpp"

namespace adapm {

/// A thread's handle on a store: accesses, clock and intents.
///
/// Threads: a worker belongs to one thread at a time and is not thread-safe; different workers never need locking.
/// Every function but current_clock throws StoreFailure when the store has failed and UsageError when it is closed.
/// A worker must not outlive its store.
template <ValueElement V>
class Worker {
 public:
  /// Registers a worker with this rank's part of the store. Any number, at any time before `close`. A run that was
  /// loaded from a checkpoint may begin its clock where it was.
  explicit Worker(Store<V>& store, Clock first_clock = 0);
  /// Waits for open operations and withdraws the worker: its intents end, and barriers no longer count it.
  ~Worker();

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // --- access ------------------------------------------------------------------------------------------------

  /// Reads the values of `keys`, wherever they live.
  ///
  /// Shapes   values.size() == layout.total_length(keys); the values in the order of the keys, back to back; keys may
  ///          repeat. `values` must stay alive until the ticket is done; `keys` is copied.
  /// Blocks   no.
  /// Returns  a ticket; done at once if every key was found in this host's memory.
  /// Errors   UsageError before any effect if a key is out of range or a shape is wrong.
  Ticket pull(KeySpan keys, std::span<V> values);

  /// Adds `updates` to the values of `keys`, element by element.
  ///
  /// Shapes   updates.size() == layout.total_length(keys); keys may repeat, each repetition is added; both are copied.
  /// Blocks   no.
  /// Returns  a ticket; done at once if every key was found in this host's memory. Done means: applied to the main
  ///          copy, or to this rank's replica, whose updates are sent to the main copy with the next round.
  /// Errors   as pull.
  Ticket push(KeySpan keys, std::span<const V> updates);

  /// Replaces the values of `keys` at their main copies. Updates that a rank has pushed to a replica but not yet sent
  /// are added on top, as if pushed after the set; other ranks' replicas follow within one completed round.
  ///
  /// Shapes, Blocks, Returns, Errors  as push; done means that the main copy holds the new value. If a key repeats,
  /// the last one counts.
  Ticket set(KeySpan keys, std::span<const V> values);

  /// Reads the value of `key` if this rank has a copy, or shares a neighbour's for its intents; never communicates,
  /// never blocks.
  /// Returns  false, and leaves `value` as it was, if it has none.
  [[nodiscard]] bool pull_if_local(Key key, std::span<V> value);

  // --- completion --------------------------------------------------------------------------------------------

  /// Blocks until the operation is done.
  /// Errors  UsageError if the ticket is another worker's; not every such ticket is recognised.
  void wait(Ticket ticket);
  /// True if the operation is done; never blocks.
  [[nodiscard]] bool is_done(Ticket ticket);
  /// Blocks until all of this worker's operations are done.
  void wait_all();

  // --- intent ------------------------------------------------------------------------------------------------

  /// Declares that this worker will access `keys` while start <= current_clock() < end. Only a hint: it decides where
  /// the keys are by then, never what an access returns. An intent whose end has passed is ignored.
  ///
  /// Shapes  keys may repeat; copied.   Blocks  no.
  /// Errors  UsageError before any effect if a key is out of range or end <= start.
  void intent(KeySpan keys, Clock start, Clock end);
  /// The same for the single clock `start`.
  void intent(KeySpan keys, Clock start) { intent(keys, start, start + 1); }

  /// Ends the current clock and begins the next.
  void advance_clock();
  /// Starts at first_clock.
  [[nodiscard]] Clock current_clock() const;

  // --- sampling ----------------------------------------------------------------------------------------------

  /// Reserves a sample of `n` keys of the store's distribution, which will be pulled while
  /// start <= current_clock() < end. Prepare samples as early as intents are signalled: the scheme may signal some.
  ///
  /// Blocks   no.
  /// Returns  the sample; it lives until its last key is pulled or it is finished, whatever the clock.
  /// Errors   UsageError before any effect if the store has no distribution, end <= start, the distribution gives a
  ///          key that it may not give, or not as many different ones as are asked for (without replacement).
  SampleId prepare_sample(std::size_t n, Clock start, Clock end);
  /// The same for the single clock `start`.
  SampleId prepare_sample(std::size_t n, Clock start) { return prepare_sample(n, start, start + 1); }

  /// Sets `keys` to the next keys.size() keys of the sample and reads their values: a sample may be pulled in pieces.
  ///
  /// Shapes   values.size() == keys.size() * the length of a key's value. `values` must stay alive until the ticket
  ///          is done; `keys` is set on return.
  /// Blocks   no.
  /// Returns  as pull.
  /// Errors   UsageError before any effect if this worker has not prepared the sample, it has fewer keys left, or a
  ///          shape is wrong. The scheme `local` draws now: it throws what prepare_sample does; then the sample ends.
  Ticket pull_sample(SampleId sample, std::span<Key> keys, std::span<V> values);

  /// Gives up the keys of the sample that were not pulled. Not needed after the last one; then it has no effect.
  /// Errors  UsageError if this worker has not prepared the sample.
  void finish_sample(SampleId sample);

  /// The generator that this worker draws with. Saved with a checkpoint and set again after load, it lets a run draw on as
  /// if it had not ended. Samples that were prepared, and the pool of the scheme `pool`, are not in it.
  [[nodiscard]] Generator sampling_generator() const;
  /// Before this worker prepares a sample.
  void set_sampling_generator(const Generator& generator);

  // --- together ----------------------------------------------------------------------------------------------

  /// Blocks until a round that began after this call is over: everything this worker has pushed is merged into the
  /// main copies, replicas everywhere have been sent it, and its intents that are due have been acted on. Where all
  /// ranks share one memory there is one copy of each value, and it returns at once (not with relocation only).
  /// Collective  no.
  void wait_sync();

  /// Returns when all live workers of all ranks have called it. Construct all workers of a rank before one of them
  /// calls this (run_workers does).
  /// Collective  over workers.   Errors  UsageError if a rank closes its store meanwhile.
  void barrier();

  /// Brackets the initialisation of a model: after end_setup everything set or pushed in between is visible
  /// everywhere and the statistics start anew.   Collective  over workers.
  void begin_setup();
  /// See begin_setup().   Collective  over workers.   Blocks  yes.
  void end_setup();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class Worker<float>;
extern template class Worker<double>;
extern template class Worker<std::int64_t>;

namespace detail {

/// While it lives, threads that the calling one starts leave a core to the store's progress thread, if there are enough.
template <ValueElement V>
class SeparateCores {
 public:
  SeparateCores(Store<V>& store, int workers) : store_(store), units_before_(store.separate_cores(workers)) {}
  ~SeparateCores() { store_.unite_cores(units_before_); }
  SeparateCores(const SeparateCores&) = delete;
  SeparateCores& operator=(const SeparateCores&) = delete;

 private:
  Store<V>& store_;
  const std::vector<int> units_before_;
};

}  // namespace detail

/// Runs `body(worker, index)` on `count` threads, each with a worker of its own, and returns when all have returned.
/// If one throws, the store fails, so that nobody waits for that worker, and the exception is thrown here.
/// The workers begin at `first_clocks`, by index, or at 0 if there are none. The threads leave a core to the progress
/// thread if the rank has more cores than workers (Options::separate_cores).
template <ValueElement V, class Body>
void run_workers(Store<V>& store, int count, Body body, std::span<const Clock> first_clocks = {}) {
  std::vector<std::unique_ptr<Worker<V>>> workers;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    workers.push_back(std::make_unique<Worker<V>>(store, i < first_clocks.size() ? first_clocks[i] : 0));
  std::exception_ptr first;
  std::mutex mutex;
  const auto run = [&](int i) noexcept {
    try {
      body(*workers[static_cast<std::size_t>(i)], i);
      workers[static_cast<std::size_t>(i)].reset();
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!first) {
        first = std::current_exception();
        try {
          throw;
        } catch (const std::exception& error) {
          store.fail(std::string("a worker threw: ") + error.what());
        } catch (...) {
          store.fail("a worker threw");
        }
      }
    }
  };
  {
    const detail::SeparateCores<V> separate(store, count);
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(run, i);
  }
  workers.clear();
  if (first) std::rethrow_exception(first);
}

}  // namespace adapm
