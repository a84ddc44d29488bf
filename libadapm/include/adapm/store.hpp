/// @file
/// The store: a distributed array of values, one per key, shared by all ranks of a communicator.
///
/// What a user may rely on, per key:
///  * a pull never sees half a push;
///  * every push is applied exactly once, and none is lost while the job lives;
///  * after a push's or set's ticket is done, every later pull by a worker of the same rank sees it, wherever the key
///    has moved meanwhile;
///  * replicas lag behind the main copy by at most one completed round;
///  * when all workers have called `wait_sync` and then a barrier, all copies are equal;
///  * intents change where a key is and how fast it is reached, never what an access returns.
#pragma once

#include <mpi.h>

#include <concepts>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapm/checkpoint.hpp"
#include "adapm/error.hpp"
#include "adapm/options.hpp"
#include "adapm/sampling.hpp"
#include "adapm/statistics.hpp"
#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"

namespace adapm {

template <ValueElement V>
class Worker;
namespace detail {
template <ValueElement V>
class SeparateCores;
}

/// How Store::allreduce combines.
enum class Reduction {
  sum,  ///< adds
  min,  ///< takes the least
  max   ///< takes the greatest
};

/// Initialises MPI as the first store does, if the program has not: for programs that ask for their rank before they
/// open one. MPI is then finalised at process exit.
/// Errors  ConfigurationError if MPI's thread level is below MPI_THREAD_SERIALIZED, or MPI is finalised.
void initialize_mpi();

/// A distributed array of values, one per key, that workers read and add to; what may be relied on: store.hpp.
///
/// Values start at zero. Key k's main copy starts on rank k mod num_ranks().
///
/// Threads: the functions of a store may be called from any thread, but the collective ones from one thread per rank
/// at a time. A store owns one progress thread per rank (none on a single rank); that thread is the only one that
/// calls MPI between construction and `close`. If MPI was initialised with MPI_THREAD_SERIALIZED, the program must
/// not call MPI itself in between, and can have one store open at a time; with MPI_THREAD_MULTIPLE it may do both.
template <ValueElement V>
class Store {
 public:
  /// Opens a store on MPI_COMM_WORLD.
  ///
  /// Collective  yes, with equal layout and options.   Blocks  until all ranks have come.
  /// Initialises MPI (MPI_THREAD_MULTIPLE asked for) if the program has not; then MPI is finalised at process exit.
  /// Errors      ConfigurationError on every rank: options or layouts differ, thread level below SERIALIZED,
  ///             not enough (shared) memory, more than 128 GiB of values on a rank.
  explicit Store(ValueLayout layout, Options options = {});

  /// The same on a communicator of the caller's, which is duplicated.
  Store(ValueLayout layout, Options options, MPI_Comm communicator);

  /// Calls close(). When an exception is under way the store fails instead: blocked and later calls on all ranks
  /// throw StoreFailure, so that the job ends.
  ~Store();

  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// This rank in the store's communicator.
  [[nodiscard]] int rank() const;
  /// Ranks of the store's communicator.
  [[nodiscard]] int num_ranks() const;
  /// The keys and the lengths of their values.
  [[nodiscard]] const ValueLayout& layout() const;
  /// As they were given.
  [[nodiscard]] const Options& options() const;

  /// Returns when all ranks have called it.
  /// Collective  yes, one thread per rank; workers have their own barrier.   Blocks  yes.
  void barrier();

  /// Combines `values` element by element over all ranks; every rank gets the result.
  /// Collective  yes, equal sizes, one thread per rank at a time.   Blocks  yes.
  void allreduce(std::span<double> values, Reduction reduction = Reduction::sum);

  /// Saves the values of all keys to `folder`, as its newest checkpoint, and removes all but the newest `keep_last`.
  /// Workers may go on. The checkpoint contains, of every key once, the value it had at some moment during the call: every
  /// push and set of this rank that was done before the call is in it, those made during the call are or are not, whole.
  /// So it is exact if nobody pushes or sets meanwhile. How it is stored: docs/checkpoints.md.
  ///
  /// `state` is kept with it, for load to give back: what the program itself needs to go on. At most max_state_bytes.
  ///
  /// Collective  yes, one thread per rank; not together with another save or load, but beside all other functions: to
  ///             save in the background call it on a thread of its own. All ranks give the same folder, on a file
  ///             system that they share.
  /// Blocks      until the checkpoint of all ranks is on the disk.
  /// Returns     the number of the checkpoint.
  /// Errors      CheckpointError on every rank if any cannot write: there is no new checkpoint, the others are untouched,
  ///             and the store goes on. UsageError before any effect.
  std::uint64_t save(const std::filesystem::path& folder, std::string_view state = {}, std::size_t keep_last = 2);

  /// Sets all keys to the values of the newest checkpoint in `folder`, whatever the number of ranks and threads that saved
  /// it. On return all copies are equal. Nobody may push or set meanwhile.
  ///
  /// Collective, Blocks  as save.
  /// Returns     the states that were saved with it; nothing if there is no checkpoint in `folder`.
  /// Errors      CheckpointError on every rank, before any effect: the checkpoint is of another element type, number of
  ///             keys or value length, in another format, or files are missing or truncated; or, with some values set
  ///             already: corrupted.
  std::optional<Checkpoint> load(const std::filesystem::path& folder);

  /// Tells all ranks without a collective call: interruptions() grows on every rank within a round or two. What that
  /// means is the program's choice: for example, that the job's time is nearly up. Calls that come together count once.
  ///
  /// Threads  any; not from a signal handler.   Collective  no.   Blocks  no.
  void interrupt();
  /// 0 at first.   Cheap enough for every step of a worker.
  [[nodiscard]] std::uint64_t interruptions() const;

  /// Sets what this rank's workers sample from. May be called again until the first of them prepares a sample.
  ///
  /// Collective  no: ranks may sample from different distributions.   Blocks  no.
  /// Errors  UsageError if it is null, its range is not within the store's keys, their values differ in length, or a
  ///         worker has prepared a sample already.
  void set_distribution(std::shared_ptr<const Distribution> distribution);

  /// This rank's counters.   Collective  no.   Blocks  no.
  [[nodiscard]] Statistics statistics() const;

  /// The counters of all ranks, summed; equal on all ranks.   Collective  yes.   Blocks  yes.
  [[nodiscard]] Statistics total_statistics();

  /// Marks the store failed: blocked and later calls on all ranks throw StoreFailure with this reason. Idempotent.
  void fail(std::string_view reason) noexcept;

  /// Ends the store: waits for this rank's open operations, then until every rank has called it.
  /// Afterwards workers of this store throw UsageError. Idempotent.
  ///
  /// Collective  yes.   Blocks  yes; ends at once if the store has failed.
  /// Errors      StoreFailure if the store has failed.
  void close();

 private:
  friend class Worker<V>;
  friend class detail::SeparateCores<V>;
  /// Threads that the calling one starts from now on leave a core to the progress thread, if there are enough. Returns
  /// the processing units that it might run on before; none if nothing has changed.
  std::vector<int> separate_cores(int workers);
  void unite_cores(const std::vector<int>& units_before) noexcept;
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class Store<float>;
extern template class Store<double>;
extern template class Store<std::int64_t>;

}  // namespace adapm
