#include "adapm/store.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "api/load_checkpoint.hpp"
#include "api/save_checkpoint.hpp"
#include "api/store_implementation.hpp"

namespace adapm {

namespace {

/// Holds `flag` while a checkpoint is saved or loaded.
class AtCheckpoint {
 public:
  explicit AtCheckpoint(std::atomic<bool>& flag) : flag_(flag) {
    if (flag.exchange(true)) throw UsageError("this rank is saving or loading a checkpoint already: wait for its end");
  }
  ~AtCheckpoint() { flag_.store(false); }
  AtCheckpoint(const AtCheckpoint&) = delete;
  AtCheckpoint& operator=(const AtCheckpoint&) = delete;

 private:
  std::atomic<bool>& flag_;
};

}  // namespace

void initialize_mpi() { mpi::ensure_initialized(); }

template <ValueElement V>
Store<V>::Store(ValueLayout layout, Options options) : Store(std::move(layout), options, MPI_COMM_NULL) {}

template <ValueElement V>
Store<V>::Store(ValueLayout layout, Options options, MPI_Comm communicator)
    : implementation_(std::make_unique<Implementation>(layout, options, communicator)) {}

template <ValueElement V>
Store<V>::~Store() {
  try {
    if (std::uncaught_exceptions() > implementation_->exceptions_at_construction)
      fail("its store went out of scope because of an exception");
    close();
  } catch (const std::exception&) {
    // The failure has been, or will be, thrown by the calls that it concerns.
  }
}

template <ValueElement V>
int Store<V>::rank() const {
  return implementation_->manager.rank();
}

template <ValueElement V>
int Store<V>::num_ranks() const {
  return implementation_->manager.num_ranks();
}

template <ValueElement V>
const ValueLayout& Store<V>::layout() const {
  return implementation_->manager.layout();
}

template <ValueElement V>
const Options& Store<V>::options() const {
  return implementation_->manager.options();
}

template <ValueElement V>
void Store<V>::barrier() {
  allreduce({});
}

template <ValueElement V>
void Store<V>::allreduce(std::span<double> values, Reduction reduction) {
  implementation_->manager.check_open();
  const auto combine = reduction == Reduction::sum   ? port::Combine::sum
                       : reduction == Reduction::min ? port::Combine::min
                                                     : port::Combine::max;
  if (!implementation_->manager.reduce(values, combine))
    throw UsageError("another rank has closed the store while this one waits in a collective call");
}

template <ValueElement V>
std::uint64_t Store<V>::save(const std::filesystem::path& folder, std::string_view state, std::size_t keep_last) {
  implementation_->manager.check_open();
  if (state.size() > max_state_bytes)
    throw UsageError("the state to be saved has " + std::to_string(state.size()) + " bytes, of " +
                     std::to_string(max_state_bytes) + " at most; keep what is larger in files or in keys");
  if (keep_last == 0) throw UsageError("of 0 checkpoints that are kept none can be loaded; keep_last is at least 1");
  const AtCheckpoint only_one(implementation_->at_checkpoint);
  return api::save_checkpoint(implementation_->manager, folder, state, keep_last);
}

template <ValueElement V>
std::optional<Checkpoint> Store<V>::load(const std::filesystem::path& folder) {
  implementation_->manager.check_open();
  const AtCheckpoint only_one(implementation_->at_checkpoint);
  return api::load_checkpoint(implementation_->manager, folder);
}

template <ValueElement V>
void Store<V>::interrupt() {
  implementation_->manager.check_open();
  implementation_->manager.interrupt();
}

template <ValueElement V>
std::uint64_t Store<V>::interruptions() const {
  return implementation_->manager.interruptions();
}

template <ValueElement V>
void Store<V>::set_distribution(std::shared_ptr<const Distribution> distribution) {
  auto& manager = implementation_->manager;
  manager.check_open();
  manager.set_population(std::make_shared<const sampling::Population>(std::move(distribution), manager.layout()));
}

template <ValueElement V>
Statistics Store<V>::statistics() const {
  return implementation_->manager.statistics();
}

template <ValueElement V>
Statistics Store<V>::total_statistics() {
  const Statistics own = statistics();
  std::vector<double> values = to_doubles(own);
  allreduce(values, Reduction::sum);
  double seconds[] = {own.seconds};
  allreduce(seconds, Reduction::max);
  Statistics total = from_doubles(values);
  total.seconds = seconds[0];
  return total;
}

template <ValueElement V>
void Store<V>::fail(std::string_view reason) noexcept {
  try {
    implementation_->manager.fail(reason);
  } catch (...) {
    mpi::abort_job(MPI_COMM_WORLD, "out of memory while a failure was reported");
  }
}

namespace {

/// Of all ranks, on each. All ranks call it.
template <ValueElement V>
std::vector<Statistics> statistics_by_rank(Store<V>& store) {
  const Statistics own = store.statistics();
  std::vector<double> numbers = to_doubles(own);
  numbers.push_back(own.seconds);
  const std::size_t count = numbers.size();
  const auto ranks = static_cast<std::size_t>(store.num_ranks());
  std::vector<double> all(ranks * count);
  std::copy(numbers.begin(), numbers.end(), &all[static_cast<std::size_t>(store.rank()) * count]);
  store.allreduce(all, Reduction::sum);
  std::vector<Statistics> of_ranks;
  for (auto next = all.begin(); next != all.end(); next += static_cast<std::ptrdiff_t>(count)) {
    of_ranks.push_back(from_doubles({next, next + static_cast<std::ptrdiff_t>(count) - 1}));
    of_ranks.back().seconds = *(next + static_cast<std::ptrdiff_t>(count) - 1);
  }
  return of_ranks;
}

/// What options ask for at the end. All ranks call it.
template <ValueElement V>
void tell_statistics(Store<V>& store, api::LiveStatistics* live) {
  if (live != nullptr) {
    live->stop();
    store.barrier();
  }
  const std::vector<Statistics> of_ranks = statistics_by_rank(store);
  if (live != nullptr) live->tell_last(of_ranks);
  if (!store.options().statistics || store.rank() != 0) return;
  Statistics total;
  for (const Statistics& of_rank : of_ranks) total += of_rank;
  std::fprintf(stderr, "adapm: statistics of all ranks\n%s", format(total).c_str());
}

}  // namespace

template <ValueElement V>
void Store<V>::close() {
  auto& manager = implementation_->manager;
  api::LiveStatistics* const live = implementation_->live ? &*implementation_->live : nullptr;
  if ((options().statistics || live != nullptr) && !manager.closed() && !manager.failing()) tell_statistics(*this, live);
  implementation_->close();
}

template <ValueElement V>
std::vector<int> Store<V>::separate_cores(int workers) {
  return implementation_->separate_cores(workers);
}

template <ValueElement V>
void Store<V>::unite_cores(const std::vector<int>& units_before) noexcept {
  implementation_->unite_cores(units_before);
}

template class Store<float>;
template class Store<double>;
template class Store<std::int64_t>;

}  // namespace adapm
