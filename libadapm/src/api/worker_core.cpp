#include "api/worker_core.hpp"

#include <array>
#include <string>

#include "adapm/error.hpp"

namespace adapm::api {

namespace {

using store::Presence;

constexpr std::size_t block = 8;  // keys
constexpr std::size_t blocks_of_words_ahead = 3;

/// Where the keys of one call were found.
class Found {
 public:
  /// Returns false if the key was not found.
  bool note(Key, Presence presence) {
    ++number(presence);
    return presence != Presence::elsewhere;
  }
  /// Keys that never move.
  template <class V>
  void note_all(KeySpan keys, const store::FixedAccess<V>& access) {
    const std::size_t own = access.number_own(keys);
    number(Presence::owner) += own;
    number(Presence::shared) += keys.size() - own;
  }
  // Of a key that was not found: where it was accessed after all.
  void note_neighbour(Key) { ++number(Presence::nearby); }
  void note_remote(Key) { ++remote_; }
  [[nodiscard]] bool any_replica() const { return replicas() > 0; }
  void count(stats::AccessCounters& counts) const {
    counts.local.add(number(Presence::owner));
    if (any_replica()) counts.replica.add(replicas());
    if (number(Presence::shared) > 0) counts.shared.add(number(Presence::shared));
    if (number(Presence::nearby) > 0) counts.neighbour.add(number(Presence::nearby));
    if (remote_ > 0) counts.remote.add(remote_);
  }

 private:
  [[nodiscard]] std::uint64_t& number(Presence presence) { return numbers_[static_cast<std::size_t>(presence)]; }
  [[nodiscard]] std::uint64_t number(Presence presence) const { return numbers_[static_cast<std::size_t>(presence)]; }
  [[nodiscard]] std::uint64_t replicas() const { return number(Presence::replica) + number(Presence::releasing); }

  std::array<std::uint64_t, 8> numbers_{};  // by presence
  std::uint64_t remote_ = 0;
};

trace::Place place_of(Presence presence) {
  switch (presence) {
    case Presence::replica:
    case Presence::releasing:
      return trace::Place::replica;
    case Presence::shared:
      return trace::Place::shared;
    case Presence::nearby:
      return trace::Place::neighbour;
    default:
      return trace::Place::local;
  }
}

/// The same for a call with traced keys. Hears of the keys in their order.
class TracedFound : public Found {
 public:
  TracedFound(trace::WorkerTrace& trace, std::size_t first_traced) : trace_(trace), next_traced_(first_traced) {}

  [[gnu::always_inline]] bool note(Key key, Presence presence) {
    const bool is_found = Found::note(key, presence);
    if (is_found && is_next_traced()) [[unlikely]]
      record(key, place_of(presence));
    return is_found;
  }
  template <class V>
  void note_all(KeySpan keys, const store::FixedAccess<V>& access) {
    for (const Key key : keys) note(key, access.presence(key));
  }
  void note_neighbour(Key key) {
    Found::note_neighbour(key);
    if (is_next_traced()) record(key, trace::Place::neighbour);
  }
  void note_remote(Key key) {
    Found::note_remote(key);
    if (is_next_traced()) record(key, trace::Place::remote);
  }

 private:
  bool is_next_traced() { return at_++ == next_traced_; }
  [[gnu::noinline]] void record(Key key, trace::Place place) { next_traced_ = trace_.note_access(key, place); }

  trace::WorkerTrace& trace_;
  std::size_t at_ = 0;
  std::size_t next_traced_;
};

}  // namespace

template <class V>
WorkerCore<V>::WorkerCore(Manager<V>& manager, Clock first_clock)
    : manager_(manager),
      values_(manager.values()),
      layout_(manager.layout()),
      table_(manager.table()),
      context_(manager.register_worker(first_clock)),
      counters_(context_->counters) {}

template <class V>
WorkerCore<V>::~WorkerCore() {
  for (auto& operation : open_) operation->completion.wait();
  manager_.withdraw_worker(context_);
}

template <class V>
void WorkerCore<V>::check_keys(KeySpan keys) const {
  manager_.check_open();
  const auto largest = std::max_element(keys.begin(), keys.end());
  if (largest != keys.end() && *largest >= layout_.num_keys())
    throw UsageError("key " + std::to_string(*largest) + " is out of range: the store has keys 0 to " +
                     std::to_string(layout_.num_keys() - 1));
}

template <class V>
void WorkerCore<V>::check_shape(KeySpan keys, std::size_t elements) const {
  check_keys(keys);
  const std::size_t expected = layout_.total_length(keys);
  if (elements != expected)
    throw UsageError("the values of these " + std::to_string(keys.size()) + " keys have " + std::to_string(expected) +
                     " elements, but the span has " + std::to_string(elements));
}

/// Calls visit(access, key, offset) for every key, with what lies ahead on its way into the cache: block by block, as
/// one loop that does everything for a key has too much to keep in registers.
template <class V>
template <base::Use use, class Visit>
void WorkerCore<V>::for_each_key(KeySpan keys, const Visit& visit) {
  values_.with_access([&](const auto access) {
    const std::size_t n = keys.size();
    const auto prefetch_words = [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < std::min(end, n); ++i) access.template prefetch_word<use>(keys[i]);
    };
    const auto prefetch_slots = [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < std::min(end, n); ++i) access.template prefetch<use>(keys[i]);
    };
    prefetch_words(0, blocks_of_words_ahead * block);
    prefetch_slots(0, block);
    std::size_t offset = 0;
    for (std::size_t begin = 0; begin < n; begin += block) {
      prefetch_words(begin + blocks_of_words_ahead * block, begin + (blocks_of_words_ahead + 1) * block);
      prefetch_slots(begin + block, begin + 2 * block);
      for (std::size_t i = begin; i < std::min(begin + block, n); ++i) {
        visit(access, keys[i], offset);
        offset += access.length(keys[i]);
      }
    }
  });
}

// --- operations -----------------------------------------------------------------------------------------------------

/// The operation for the keys that turn out not to be here; made when the first does.
template <class V>
typename WorkerCore<V>::Operation& WorkerCore<V>::missing(std::unique_ptr<Operation>& operation,
                                                          access::OperationKind kind) {
  if (operation) return *operation;
  reclaim();
  if (spare_.empty()) {
    operation = std::make_unique<Operation>();
  } else {
    operation = std::move(spare_.back());
    spare_.pop_back();
  }
  operation->clear(kind);
  return *operation;
}

template <class V>
void WorkerCore<V>::add_missing_value(std::unique_ptr<Operation>& operation, access::OperationKind kind, Key key,
                                      const V* value) {
  Operation& missing = this->missing(operation, kind);
  missing.entries.push_back({key, missing.values.size()});
  missing.values.insert(missing.values.end(), value, value + layout_.length(key));
}

template <class V>
typename WorkerCore<V>::Id WorkerCore<V>::submit(std::unique_ptr<Operation> operation) {
  if (!operation) return done_at_once;
  Operation& submitted = *operation;
  open_.push_back(std::move(operation));
  manager_.submit(submitted);
  return first_open_ + open_.size() - 1;
}

/// Takes back the operations that are done, from the oldest on.
template <class V>
void WorkerCore<V>::reclaim() {
  while (!open_.empty() && open_.front()->completion.state() != base::Completion::pending) {
    spare_.push_back(std::move(open_.front()));
    open_.pop_front();
    ++first_open_;
  }
}

/// Null if it was done long ago.
template <class V>
typename WorkerCore<V>::Operation* WorkerCore<V>::find(Id id) {
  if (id < first_open_) return nullptr;
  const Id place = id - first_open_;
  if (place >= open_.size()) throw UsageError("ticket " + std::to_string(id) + " is none of this worker's");
  return open_[static_cast<std::size_t>(place)].get();
}

// --- access ---------------------------------------------------------------------------------------------------------

/// Calls access(found) with what counts where `keys` are found. That keys are not traced costs one test a call.
template <class V>
template <class Access>
auto WorkerCore<V>::finding(KeySpan keys, Access access) {
  if (context_->trace != nullptr) {
    const std::size_t first_traced = context_->trace->begin_accesses(keys, current_clock());
    if (first_traced != trace::WorkerTrace::none) return access(TracedFound(*context_->trace, first_traced));
  }
  return access(Found());
}

/// Where keys never move: calls access(fixed access), counts the keys and notes those that are traced. Elsewhere does
/// nothing and returns false.
template <class V>
template <class Access>
bool WorkerCore<V>::access_fixed(KeySpan keys, stats::AccessCounters& counts, Access access) {
  const auto fixed = values_.fixed_access();
  if (!fixed) return false;
  access(*fixed);
  finding(keys, [&](auto found) {
    found.note_all(keys, *fixed);
    found.count(counts);
  });
  return true;
}

template <class V>
typename WorkerCore<V>::Id WorkerCore<V>::pull(KeySpan keys, std::span<V> values) {
  check_shape(keys, values.size());
  if (access_fixed(keys, counters_.pulled, [&](const auto& access) { access.pull(keys, values.data()); }))
    return done_at_once;
  return finding(keys, [&](auto found) {
    std::unique_ptr<Operation> operation;
    for_each_key<base::Use::reading>(keys, [&, first = values.data()](const auto& access, Key key, std::size_t offset) {
      V* const to = first + offset;
      if (found.note(key, access.pull(key, to))) return;
      if (manager_.try_pull_neighbour(key, to)) {
        found.note_neighbour(key);
      } else {
        found.note_remote(key);
        missing(operation, access::OperationKind::pull).entries.push_back({key, offset});
      }
    });
    found.count(counters_.pulled);
    if (operation) operation->destination = values.data();
    return submit(std::move(operation));
  });
}

template <class V>
typename WorkerCore<V>::Id WorkerCore<V>::push(KeySpan keys, std::span<const V> updates) {
  check_shape(keys, updates.size());
  if (access_fixed(keys, counters_.pushed, [&](const auto& access) { access.push(keys, updates.data()); }))
    return done_at_once;
  return finding(keys, [&](auto found) {
    std::unique_ptr<Operation> operation;
    for_each_key<base::Use::writing>(keys, [&](const auto& access, Key key, std::size_t offset) {
      const V* const update = updates.data() + offset;
      if (found.note(key, access.push(key, update, *context_->dirty))) return;
      // A replica that is being released may not show what the main copy is given now: then by message, which waits.
      if (!table_.get(key).here() && manager_.try_push_neighbour(key, update, *context_->dirty)) {
        found.note_neighbour(key);
      } else {
        found.note_remote(key);
        add_missing_value(operation, access::OperationKind::push, key, update);
      }
    });
    found.count(counters_.pushed);
    if (found.any_replica()) manager_.note_activity();
    return submit(std::move(operation));
  });
}

template <class V>
typename WorkerCore<V>::Id WorkerCore<V>::set(KeySpan keys, std::span<const V> values) {
  check_shape(keys, values.size());
  if (access_fixed(keys, counters_.pushed, [&](const auto& access) { access.set(keys, values.data()); }))
    return done_at_once;
  return finding(keys, [&](auto found) {
    std::unique_ptr<Operation> operation;
    for_each_key<base::Use::writing>(keys, [&](const auto& access, Key key, std::size_t offset) {
      const V* const value = values.data() + offset;
      if (found.note(key, access.set(key, value, *context_->dirty))) return;
      if (!table_.get(key).here() && manager_.try_set_neighbour(key, value, *context_->dirty)) {
        found.note_neighbour(key);
      } else {
        found.note_remote(key);
        add_missing_value(operation, access::OperationKind::set, key, value);
      }
    });
    found.count(counters_.pushed);
    return submit(std::move(operation));
  });
}

template <class V>
bool WorkerCore<V>::pull_if_local(Key key, std::span<V> value) {
  check_shape(KeySpan(&key, 1), value.size());
  if (!table_.get(key).at_hand()) return false;
  return finding(KeySpan(&key, 1), [&](auto found) {
    if (!found.note(key, values_.try_pull(key, value.data()))) return false;
    found.count(counters_.pulled);
    return true;
  });
}

template <class V>
void WorkerCore<V>::note_sample(KeySpan keys) {
  if (context_->trace != nullptr) context_->trace->note_sample(keys);
}

// --- completion -----------------------------------------------------------------------------------------------------

template <class V>
void WorkerCore<V>::wait(Id id) {
  Operation* operation = find(id);
  if (operation != nullptr && operation->completion.wait() == base::Completion::failed) manager_.check_open();
  reclaim();
}

template <class V>
bool WorkerCore<V>::is_done(Id id) {
  Operation* operation = find(id);
  if (operation == nullptr) return true;
  const auto state = operation->completion.state();
  if (state == base::Completion::failed) manager_.check_open();
  return state != base::Completion::pending;
}

template <class V>
void WorkerCore<V>::wait_all() {
  bool failed = false;
  for (auto& operation : open_) failed |= operation->completion.wait() == base::Completion::failed;
  reclaim();
  if (failed) manager_.check_open();
}

// --- intent ---------------------------------------------------------------------------------------------------------

template <class V>
void WorkerCore<V>::intent(KeySpan keys, Clock start, Clock end) {
  check_keys(keys);
  if (end <= start)
    throw UsageError("an intent from clock " + std::to_string(start) + " to " + std::to_string(end) +
                     " is empty; its end must be after its start");
  counters_.intents.add(keys.size());
  if (context_->trace != nullptr) context_->trace->note_intent(keys, start, end);
  if (manager_.keys_stay() || keys.empty()) return;
  context_->intents->signal(keys, start, end);
  manager_.note_activity();
}

template <class V>
void WorkerCore<V>::advance_clock() {
  manager_.check_open();
  context_->intents->advance();
  ++counters_.clocks;
  manager_.note_activity();
}

// --- together -------------------------------------------------------------------------------------------------------

template <class V>
void WorkerCore<V>::wait_sync() {
  wait_all();
  manager_.check_open();
  manager_.sync();
}

template <class V>
void WorkerCore<V>::barrier() {
  manager_.check_open();
  using Outcome = WorkerBarrier::Outcome;
  const Outcome outcome = manager_.worker_barrier().arrive_and_wait([this] {
    try {
      return manager_.reduce({}, port::Combine::sum) ? Outcome::passed : Outcome::failed;
    } catch (const StoreFailure&) {
      return Outcome::failed;
    }
  });
  if (outcome == Outcome::passed) return;
  manager_.check_open();
  throw UsageError("another rank has closed the store while this worker waits in a barrier");
}

/// Two syncs, each followed by a barrier: after the first everything is at the main copies, after the second in all
/// replicas.
template <class V>
void WorkerCore<V>::end_setup() {
  for (int i = 0; i < 2; ++i) {
    wait_sync();
    barrier();
  }
  manager_.reset_statistics();
  barrier();
}

template class WorkerCore<float>;
template class WorkerCore<double>;
template class WorkerCore<std::int64_t>;

}  // namespace adapm::api
