#include "api/manager.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace adapm::api {

namespace {

using directory::Location;
using directory::LocationTable;
using directory::Presence;

constexpr std::size_t slack_bytes = std::size_t{16} << 10U;
constexpr std::size_t most_bytes = Location::max_segment_bytes;

trace::ProgressTrace of_progress(trace::Trace* trace) {
  return trace == nullptr ? trace::ProgressTrace() : trace->progress();
}

/// This process can load from every rank's memory.
bool reaches_all(const port::Region& region) {
  return std::ranges::all_of(region.of_rank, [](const std::byte* base) { return base != nullptr; });
}

double seconds(const stats::Counter& nanoseconds) { return static_cast<double>(nanoseconds.value()) * 1e-9; }

void add(const stats::WorkerCounters& worker, Statistics& to) {
  to.pulled += worker.pulled.value();
  to.pushed += worker.pushed.value();
  to.clocks += worker.clocks.value();
  to.intents += worker.intents.value();
  to.call_seconds += seconds(worker.call_nanoseconds);
  to.wait_seconds += seconds(worker.wait_nanoseconds);
}

}  // namespace

template <class V>
Manager<V>::Manager(const ValueLayout& layout, const Options& options, port::Port& port, std::function<void()> wake_up,
                    trace::Trace* trace)
    : layout_(layout),
      options_(options),
      port_(port),
      wake_up_(std::move(wake_up)),
      trace_(trace),
      table_region_(port.allocate(LocationTable::bytes(layout.num_keys()) + SharedWords::bytes(port.rank(), layout))),
      table_(table_region_.own, layout.num_keys(), port.rank(), port.size(), table_region_.of_rank),
      keys_stay_(alone() || (reaches_all(table_region_) && options.techniques != Techniques::relocation_only)),
      values_(layout, table_, counters_),
      ledger_(options, of_progress(trace)),
      reductions_(port),
      protocol_(options, table_, values_, ledger_, counters_, of_progress(trace)),
      access_(options, port, table_, values_, protocol_, counters_),
      driver_(options, port, protocol_, values_, access_, reductions_, health_, counters_, of_progress(trace)),
      counting_since_(std::chrono::steady_clock::now()) {
  counters_.memory_bytes.add(table_region_.own_bytes);
  // The home keys, and room for a few that will be wanted; once there are more the store grows.
  values_.add_segment(port.allocate(std::min(home_bytes() + (keys_stay_ ? 0 : slack_bytes), most_bytes)));
  if (keys_stay_) values_.fix_places(shared_words().locks(layout));
  const auto step = static_cast<Key>(port.size());
  for (auto key = static_cast<Key>(port.rank()); key < layout.num_keys(); key += step) values_.create(key);
  if (!keys_stay_) return;
  share_all();
  if (!alone()) shared_barrier_.emplace(shared_words().barrier(), num_ranks());
}

/// Requires keys_stay().
template <class V>
SharedWords Manager<V>::shared_words() const {
  return {table_region_.of_rank.front() + LocationTable::bytes(layout_.num_keys())};
}

/// Of this rank's home keys. All ranks see what each needs, so if it is too much for one they all complain.
template <class V>
std::size_t Manager<V>::home_bytes() const {
  const std::vector<std::size_t> of_ranks = store::ValueStore<V>::home_bytes(layout_, port_.size());
  const auto largest = std::ranges::max_element(of_ranks);
  if (*largest > most_bytes)
    throw ConfigurationError("rank " + std::to_string(largest - of_ranks.begin()) + " would have more than " +
                             std::to_string(most_bytes >> 30U) + " GiB of values; use more ranks, or shorter values");
  return of_ranks[static_cast<std::size_t>(port_.rank())];
}

/// All keys are at hand from the start: each rank gives its slots to its keys in their order, so all know where each
/// is.
template <class V>
void Manager<V>::share_all() {
  std::vector<std::uint64_t> next_offset(static_cast<std::size_t>(port_.size()));
  for (Key key = 0; key < layout_.num_keys(); ++key) {
    const int home = table_.home(key);
    std::uint64_t& offset = next_offset[static_cast<std::size_t>(home)];
    if (home != table_.rank()) values_.share(key, home, {0, offset}, 0);
    offset += values_.slot_bytes(key);
  }
}

template <class V>
std::shared_ptr<WorkerContext> Manager<V>::register_worker(Clock first_clock) {
  worker_barrier_.join();
  const base::MutexLock lock(mutex_);
  auto worker = std::make_shared<WorkerContext>(workers_so_far_++, first_clock);
  if (trace_ != nullptr) worker->trace = &trace_->add_worker(worker->number);
  ledger_.add_source(worker->intents);
  protocol_.add_dirty_list(worker->dirty);
  workers_.push_back(worker);
  driver_.set_workers(static_cast<int>(workers_.size()));
  return worker;
}

template <class V>
int Manager<V>::num_workers() {
  const base::MutexLock lock(mutex_);
  return static_cast<int>(workers_.size());
}

template <class V>
void Manager<V>::withdraw_worker(const std::shared_ptr<WorkerContext>& worker) {
  worker->intents->finish();
  note_activity();
  worker_barrier_.leave();
  const base::MutexLock lock(mutex_);
  add(worker->counters, of_gone_workers_);
  if (trace_ != nullptr) trace_->remove_worker(*worker->trace);
  std::erase(workers_, worker);
  driver_.set_workers(static_cast<int>(workers_.size()));
}

template <class V>
void Manager<V>::set_population(std::shared_ptr<const sampling::Population> population) {
  const base::MutexLock lock(mutex_);
  if (population_in_use_)
    throw UsageError("the distribution cannot be changed any more: a worker has prepared a sample of it");
  population_ = std::move(population);
}

template <class V>
std::shared_ptr<const sampling::Population> Manager<V>::population() {
  const base::MutexLock lock(mutex_);
  if (!population_)
    throw UsageError("there is nothing to sample from: call Store::set_distribution before the first prepare_sample");
  population_in_use_ = true;
  return population_;
}

/// Calls access(rank) for a neighbour that seems to have the main copy, until it returns true. The
/// location words of neighbours are read as they are: the hint's, where that one points, the home's.
template <class V>
template <class Access>
bool Manager<V>::access_neighbour(Key key, Access access) {
  const Location hint = table_.get(key);
  int rank = options_.location_hints && !hint.here() ? hint.rank() : table_.home(key);
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (!values_.segments().is_neighbour(rank)) return false;
    const Location location(table_.words_of(rank)[key].load(std::memory_order_acquire));
    if (location.presence() == Presence::owner) {
      if (!access(rank)) continue;
      if (options_.location_hints) table_.note_place(key, hint, rank, location.place());
      return true;
    }
    if (location.here()) return false;  // that rank alone knows whose replica it has
    rank = location.rank() != rank ? location.rank() : table_.home(key);
  }
  return false;
}

template <class V>
bool Manager<V>::try_pull_neighbour(Key key, V* to) {
  return access_neighbour(key, [&](int rank) { return values_.try_pull_neighbour(rank, key, to); });
}

template <class V>
bool Manager<V>::try_push_neighbour(Key key, const V* update, store::DirtyList& dirty) {
  return access_neighbour(key, [&](int rank) { return values_.try_push_neighbour(rank, key, update, dirty); });
}

template <class V>
bool Manager<V>::try_set_neighbour(Key key, const V* value, store::DirtyList& dirty) {
  return access_neighbour(key, [&](int rank) { return values_.try_set_neighbour(rank, key, value, dirty); });
}

template <class V>
bool Manager<V>::is_at_neighbour(Key key) {
  return access_neighbour(key, [](int) { return true; });
}

template <class V>
void Manager<V>::submit(access::Operation<V>& operation) {
  ADAPM_ASSERT(!alone());
  access_.submit(operation);
  wake_up_();
}

template <class V>
void Manager<V>::sync() {
  health_.check();
  if (keys_stay_) return;
  auto sync = std::make_shared<base::Completion>();
  driver_.request_sync(sync);
  driver_.note_urgency();
  wake_up_();
  if (sync->wait() == base::Completion::failed) health_.check();
}

template <class V>
bool Manager<V>::reduce(std::span<double> values, port::Combine combine) {
  health_.check();
  if (alone()) return true;
  if (values.empty() && shared_barrier_) return pass_barrier();
  auto reduction = std::make_shared<port::Reduction>();
  reduction->values = values;
  reduction->combine = combine;
  reductions_.submit(reduction);
  wake_up_();
  if (reduction->completion.wait() == base::Completion::done) return true;
  health_.check();
  return false;
}

template <class V>
bool Manager<V>::pass_barrier() {
  if (shared_barrier_->arrive_and_wait([this] { return health_.failed(); })) return true;
  health_.check();
  return false;
}

template <class V>
std::vector<std::string> Manager<V>::meet(std::string text, std::function<void()> when_held) {
  health_.check();
  if (alone()) {
    if (when_held) when_held();
    return {std::move(text)};
  }
  auto meeting = std::make_shared<progress::Meeting>();
  meeting->text = std::move(text);
  meeting->when_held = std::move(when_held);
  driver_.request_meeting(meeting);
  driver_.note_urgency();
  wake_up_();
  if (meeting->completion.wait() == base::Completion::done) return std::move(meeting->texts);
  health_.check();
  throw UsageError("another rank has closed the store while this one waits in a collective call");
}

template <class V>
void Manager<V>::interrupt() {
  driver_.request_interruption();
  driver_.note_urgency();
  wake_up_();
}

template <class V>
void Manager<V>::fail(std::string_view reason) {
  failing_.store(true);
  if (alone()) {
    health_.fail("rank 0: " + std::string(reason));
    fail_all();
    return;
  }
  driver_.request_failure(reason);
  driver_.note_urgency();
  wake_up_();
}

template <class V>
bool Manager<V>::close() {
  if (closed_.exchange(true)) return false;
  // Who closes because it has failed is waited for until everybody knows why.
  if (shared_barrier_ && !failing()) shared_barrier_->leave();
  driver_.request_stop();
  driver_.note_urgency();
  wake_up_();
  return true;
}

// --- polling --------------------------------------------------------------------------------------------------------

template <class V>
bool Manager<V>::poll() {
  const auto started = std::chrono::steady_clock::now();
  const bool accessed = access_.poll();
  if (accessed) {
    const auto taken = std::chrono::steady_clock::now() - started;
    counters_.access_nanoseconds.add(static_cast<std::uint64_t>(taken.count()));
  }
  const bool reduced = reductions_.poll(driver_.between_rounds());
  const bool moved_on = driver_.poll();
  return accessed || reduced || moved_on;
}

template <class V>
void Manager<V>::fail_all() {
  driver_.fail_all();
  access_.fail_all();
  reductions_.fail_all();
  if (shared_barrier_) shared_barrier_->look_again();
  worker_barrier_.fail();
}

// --- statistics -----------------------------------------------------------------------------------------------------

template <class V>
Statistics Manager<V>::count() const {
  Statistics s;
  s.rounds = counters_.rounds.value();
  s.moves_in = counters_.moves_in.value();
  s.moves_out = counters_.moves_out.value();
  s.replicas_set_up = counters_.replicas_set_up.value();
  s.replicas_dropped = counters_.replicas_dropped.value();
  s.shares_begun = counters_.shares_begun.value();
  s.updates_sent = counters_.updates_sent.value();
  s.updates_merged = counters_.updates_merged.value();
  s.refreshes_sent = counters_.refreshes_sent.value();
  s.elsewhere = counters_.elsewhere.value();
  s.bytes_sent = counters_.bytes_sent.value();
  s.messages_sent = counters_.messages_sent.value();
  s.one_sided_reads = counters_.one_sided_reads.value();
  s.owned_keys = counters_.owned_keys.value();
  s.replicas_held = counters_.replicas_held.value();
  s.shares_held = counters_.shares_held.value();
  s.memory_bytes = counters_.memory_bytes.value();
  s.round_seconds = seconds(counters_.round_nanoseconds);
  s.access_seconds = seconds(counters_.access_nanoseconds);
  const base::MutexLock lock(mutex_);
  s.pulled = of_gone_workers_.pulled;
  s.pushed = of_gone_workers_.pushed;
  s.clocks = of_gone_workers_.clocks;
  s.intents = of_gone_workers_.intents;
  s.call_seconds = of_gone_workers_.call_seconds;
  s.wait_seconds = of_gone_workers_.wait_seconds;
  for (const auto& worker : workers_) add(worker->counters, s);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - counting_since_;
  s.seconds = elapsed.count();
  return s;
}

template <class V>
Statistics Manager<V>::statistics() const {
  Statistics s = count();
  const base::MutexLock lock(mutex_);
  s -= subtracted_;
  return s;
}

template <class V>
void Manager<V>::reset_statistics() {
  const Statistics now = count();
  const base::MutexLock lock(mutex_);
  subtracted_ = now;
  counting_since_ = std::chrono::steady_clock::now();
}

template class Manager<float>;
template class Manager<double>;
template class Manager<std::int64_t>;

}  // namespace adapm::api
