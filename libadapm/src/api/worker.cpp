#include "adapm/worker.hpp"

#include <algorithm>
#include <deque>

#include "api/store_implementation.hpp"

namespace adapm {

namespace {

constexpr std::size_t table_prefetch_distance = 24;
constexpr std::size_t slot_prefetch_distance = 6;

}  // namespace

template <ValueElement V>
struct Worker<V>::Implementation {
  using Operation = access::Operation<V>;
  using Presence = store::Presence;

  explicit Implementation(typename Store<V>::Implementation& opened)
      : store(opened),
        manager(opened.manager),
        values(manager.values()),
        layout(manager.layout()),
        table(manager.table()),
        context(manager.register_worker()),
        counters(context->counters) {}

  void check_keys(KeySpan keys) const {
    store.check_open();
    const auto largest = std::max_element(keys.begin(), keys.end());
    if (largest != keys.end() && *largest >= layout.num_keys())
      throw UsageError("key " + std::to_string(*largest) + " is out of range: the store has keys 0 to " +
                       std::to_string(layout.num_keys() - 1));
  }
  void check_shape(KeySpan keys, std::size_t elements) const {
    check_keys(keys);
    const std::size_t expected = layout.total_length(keys);
    if (elements != expected)
      throw UsageError("the values of these " + std::to_string(keys.size()) + " keys have " +
                       std::to_string(expected) + " elements, but the span has " + std::to_string(elements));
  }

  /// Calls access(key, offset) for every key, with what lies ahead on its way into the cache.
  template <class Access>
  void for_each_key(KeySpan keys, Access access) {
    const std::size_t n = keys.size();
    for (std::size_t i = 0; i < std::min(n, table_prefetch_distance); ++i) table.prefetch(keys[i]);
    for (std::size_t i = 0; i < std::min(n, slot_prefetch_distance); ++i) values.prefetch(keys[i]);
    std::size_t offset = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (i + table_prefetch_distance < n) table.prefetch(keys[i + table_prefetch_distance]);
      if (i + slot_prefetch_distance < n) values.prefetch(keys[i + slot_prefetch_distance]);
      access(keys[i], offset);
      offset += layout.length(keys[i]);
    }
  }

  /// An operation for the keys that turn out not to be here.
  Operation& missing(std::unique_ptr<Operation>& operation, access::OperationKind kind) {
    if (!operation) {
      reclaim();
      if (spare.empty()) {
        operation = std::make_unique<Operation>();
      } else {
        operation = std::move(spare.back());
        spare.pop_back();
      }
      operation->clear(kind);
    }
    return *operation;
  }

  std::uint64_t submit(std::unique_ptr<Operation> operation) {
    Operation& submitted = *operation;
    open.push_back(std::move(operation));
    manager.submit(submitted);
    return first_open + open.size() - 1;
  }

  /// Takes back the operations that are done, from the oldest on.
  void reclaim() {
    while (!open.empty() && open.front()->completion.state() != base::Completion::pending) {
      spare.push_back(std::move(open.front()));
      open.pop_front();
      ++first_open;
    }
  }

  /// The operation behind a ticket, or null if it was done long ago.
  Operation* find(std::uint64_t id) {
    return id < first_open ? nullptr : open[static_cast<std::size_t>(id - first_open)].get();
  }

  void count(stats::AccessCounters& counts, std::uint64_t replica, std::uint64_t neighbour, std::uint64_t remote,
             std::uint64_t all) {
    counts.local.add(all - replica - neighbour - remote);
    if (replica > 0) counts.replica.add(replica);
    if (neighbour > 0) counts.neighbour.add(neighbour);
    if (remote > 0) counts.remote.add(remote);
  }

  typename Store<V>::Implementation& store;
  api::Manager<V>& manager;
  store::ValueStore<V>& values;
  const ValueLayout& layout;
  const directory::LocationTable& table;
  std::shared_ptr<api::WorkerContext> context;
  stats::WorkerCounters& counters;
  std::deque<std::unique_ptr<Operation>> open;  // oldest first, in the order of their tickets
  std::uint64_t first_open = 1;                 // ticket of open.front(); 0 is "done at once"
  std::vector<std::unique_ptr<Operation>> spare;
};

template <ValueElement V>
Worker<V>::Worker(Store<V>& store) {
  store.implementation_->check_open();
  implementation_ = std::make_unique<Implementation>(*store.implementation_);
}

template <ValueElement V>
Worker<V>::~Worker() {
  for (auto& operation : implementation_->open) operation->completion.wait();
  implementation_->manager.withdraw_worker(implementation_->context);
}

// --- access -------------------------------------------------------------------------------------------------------

template <ValueElement V>
Ticket Worker<V>::pull(KeySpan keys, std::span<V> values) {
  Implementation& self = *implementation_;
  self.check_shape(keys, values.size());
  std::unique_ptr<access::Operation<V>> operation;
  std::uint64_t replica = 0, neighbour = 0, remote = 0;
  self.for_each_key(keys, [&](Key key, std::size_t offset) {
    V* const to = values.data() + offset;
    const auto found = self.values.try_pull(key, to);
    if (found == store::Presence::owner) return;
    if (found == store::Presence::replica) {
      ++replica;
    } else if (self.manager.try_pull_neighbour(key, to)) {
      ++neighbour;
    } else {
      ++remote;
      self.missing(operation, access::OperationKind::pull).entries.push_back({key, offset});
    }
  });
  self.count(self.counters.pulled, replica, neighbour, remote, keys.size());
  if (!operation) return Ticket();
  operation->destination = values.data();
  return Ticket(self.submit(std::move(operation)));
}

template <ValueElement V>
Ticket Worker<V>::push(KeySpan keys, std::span<const V> updates) {
  Implementation& self = *implementation_;
  self.check_shape(keys, updates.size());
  std::unique_ptr<access::Operation<V>> operation;
  std::uint64_t replica = 0, remote = 0;
  self.for_each_key(keys, [&](Key key, std::size_t offset) {
    const V* const update = updates.data() + offset;
    const auto found = self.values.try_push(key, update, *self.context->dirty);
    if (found == store::Presence::owner) return;
    if (found == store::Presence::replica) {
      ++replica;
      return;
    }
    ++remote;
    auto& missing = self.missing(operation, access::OperationKind::push);
    missing.entries.push_back({key, missing.values.size()});
    missing.values.insert(missing.values.end(), update, update + self.layout.length(key));
  });
  self.count(self.counters.pushed, replica, 0, remote, keys.size());
  if (replica > 0) self.manager.note_activity();
  if (!operation) return Ticket();
  return Ticket(self.submit(std::move(operation)));
}

template <ValueElement V>
Ticket Worker<V>::set(KeySpan keys, std::span<const V> values) {
  Implementation& self = *implementation_;
  self.check_shape(keys, values.size());
  std::unique_ptr<access::Operation<V>> operation;
  std::uint64_t remote = 0;
  self.for_each_key(keys, [&](Key key, std::size_t offset) {
    const V* const value = values.data() + offset;
    if (self.values.try_set(key, value, *self.context->dirty)) return;
    ++remote;
    auto& missing = self.missing(operation, access::OperationKind::set);
    missing.entries.push_back({key, missing.values.size()});
    missing.values.insert(missing.values.end(), value, value + self.layout.length(key));
  });
  self.count(self.counters.pushed, 0, 0, remote, keys.size());
  if (!operation) return Ticket();
  return Ticket(self.submit(std::move(operation)));
}

template <ValueElement V>
bool Worker<V>::pull_if_local(Key key, std::span<V> value) {
  Implementation& self = *implementation_;
  self.check_shape(KeySpan(&key, 1), value.size());
  const auto found = self.values.try_pull(key, value.data());
  if (found == store::Presence::elsewhere) return false;
  self.count(self.counters.pulled, found == store::Presence::replica ? 1 : 0, 0, 0, 1);
  return true;
}

// --- completion -----------------------------------------------------------------------------------------------------

template <ValueElement V>
void Worker<V>::wait(Ticket ticket) {
  Implementation& self = *implementation_;
  auto* operation = self.find(ticket.id_);
  if (operation != nullptr && operation->completion.wait() == base::Completion::failed) self.store.check_open();
  self.reclaim();
}

template <ValueElement V>
bool Worker<V>::is_done(Ticket ticket) {
  Implementation& self = *implementation_;
  auto* operation = self.find(ticket.id_);
  if (operation == nullptr) return true;
  const auto state = operation->completion.state();
  if (state == base::Completion::failed) self.store.check_open();
  return state != base::Completion::pending;
}

template <ValueElement V>
void Worker<V>::wait_all() {
  Implementation& self = *implementation_;
  bool failed = false;
  for (auto& operation : self.open) failed |= operation->completion.wait() == base::Completion::failed;
  self.reclaim();
  if (failed) self.store.check_open();
}

// --- intent ---------------------------------------------------------------------------------------------------------

template <ValueElement V>
void Worker<V>::intent(KeySpan keys, Clock start, Clock end) {
  Implementation& self = *implementation_;
  self.check_keys(keys);
  if (end <= start)
    throw UsageError("an intent from clock " + std::to_string(start) + " to " + std::to_string(end) +
                     " is empty; its end must be after its start");
  self.counters.intents.add(keys.size());
  if (self.manager.alone() || keys.empty()) return;
  self.context->intents->signal(keys, start, end);
  self.manager.note_activity();
}

template <ValueElement V>
void Worker<V>::advance_clock() {
  implementation_->context->intents->advance();
  implementation_->manager.note_activity();
}

template <ValueElement V>
Clock Worker<V>::current_clock() const {
  return implementation_->context->intents->clock();
}

// --- together ---------------------------------------------------------------------------------------------------------

template <ValueElement V>
void Worker<V>::wait_sync() {
  wait_all();
  implementation_->store.check_open();
  implementation_->manager.sync();
}

template <ValueElement V>
void Worker<V>::barrier() {
  Implementation& self = *implementation_;
  self.store.check_open();
  using Outcome = api::WorkerBarrier::Outcome;
  const Outcome outcome = self.manager.worker_barrier().arrive_and_wait([&] {
    try {
      return self.manager.reduce({}, port::Combine::sum) ? Outcome::passed : Outcome::failed;
    } catch (const StoreFailure&) {
      return Outcome::failed;
    }
  });
  if (outcome == Outcome::passed) return;
  self.store.check_open();
  throw UsageError("another rank has closed the store while this worker waits in a barrier");
}

template <ValueElement V>
void Worker<V>::begin_setup() {
  wait_sync();
  barrier();
}

template <ValueElement V>
void Worker<V>::end_setup() {
  wait_sync();
  barrier();
  wait_sync();
  barrier();
  implementation_->manager.reset_statistics();
  barrier();
}

template class Worker<float>;
template class Worker<double>;
template class Worker<std::int64_t>;

}  // namespace adapm
