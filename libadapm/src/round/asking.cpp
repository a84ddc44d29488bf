#include "round/asking.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace adapm::round {

using store::Holders;
using store::Location;
using store::Presence;
using store::Role;
using store::Slot;
using Event = trace::Kind;

namespace {

/// Values asked for in one round, in bytes: bounds the messages of a round; the rest follows in the next ones.
constexpr std::size_t ask_budget_bytes = std::size_t{32} << 20U;
constexpr std::size_t prefetch_distance = 8;

base::Bytes& to(int rank, std::vector<base::Bytes>& messages) { return messages[static_cast<std::size_t>(rank)]; }

}  // namespace

template <class V>
void Asking<V>::collect(bool flush, std::vector<base::Bytes>& questions) {
  asked_anything_ = false;
  ledger_.collect([this](KeySpan keys) { begin_interest(keys); }, [this](KeySpan keys) { end_interest(keys); });
  release_idle(questions);
  send_changes(flush, questions);
  ask_for_wanted(questions);
}

template <class V>
void Asking<V>::prefetch_interest(KeySpan keys, std::size_t i) const {
  if (i + 2 * prefetch_distance < keys.size()) table_.prefetch(keys[i + 2 * prefetch_distance]);
  if (i + prefetch_distance >= keys.size()) return;
  values_.prefetch_state(keys[i + prefetch_distance]);
  if (!shared_interest_.empty()) __builtin_prefetch(&shared_interest_[keys[i + prefetch_distance]]);
}

template <class V>
void Asking<V>::begin_interest(KeySpan keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    prefetch_interest(keys, i);
    const Location location = table_.get(keys[i]);
    if (location.here()) {
      values_.slot(keys[i]).add_interest();
    } else if (location.at_hand()) {
      ++shared_interest_[keys[i]];
    } else {
      want(keys[i], 1, options_.location_hints ? location.rank() : table_.home(keys[i]));
    }
  }
}

template <class V>
void Asking<V>::want(Key key, std::uint32_t interest, int target) {
  wants_.find_or_insert(key, Want{0, target, std::nullopt}).interest += interest;
}

template <class V>
void Asking<V>::end_interest(KeySpan keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    prefetch_interest(keys, i);
    const Key key = keys[i];
    switch (table_.get(key).presence()) {
      case Presence::elsewhere:
      case Presence::nearby:
        end_want(key);
        break;
      case Presence::shared:
        ADAPM_ASSERT(shared_interest_[key] > 0);
        if (--shared_interest_[key] == 0) idle_.push_back(key);
        break;
      case Presence::owner:
      case Presence::replica:
        end_interest_here(key);
        break;
    }
  }
}

template <class V>
void Asking<V>::end_want(Key key) {
  Want* const wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != nullptr);
  if (--wanted->interest > 0) return;
  if (wanted->place) values_.allocator().free(*wanted->place, values_.slot_bytes(key));
  wants_.take(key);
}

template <class V>
void Asking<V>::end_interest_here(Key key) {
  Slot& slot = values_.slot(key);
  ADAPM_ASSERT(slot.interest() > 0);
  slot.drop_interest();
  if (slot.interest() > 0) return;
  if (slot.role() == Role::replica) idle_.push_back(key);
  if (slot.has_replicas()) answering_.note_lost_interest(key);
}

template <class V>
void Asking<V>::release_idle(std::vector<base::Bytes>& questions) {
  for (const Key key : idle_) {
    const Location location = table_.get(key);
    base::Bytes& out = to(location.rank(), questions);
    if (location.presence() == Presence::shared) {
      put_record(out, Kind::release, key);
      table_.set(key, Location::nearby(location.rank(), location.place()));
      counters_.shares_held.subtract(1);
      trace_.note(Event::share_ended, key, location.rank());
    } else {
      release_replica(key, location.rank(), out);
    }
    asked_anything_ = true;
  }
  idle_.clear();
}

template <class V>
void Asking<V>::release_replica(Key key, int owner, base::Bytes& out) {
  const std::size_t head = out.size();
  put_record(out, Kind::release, key);
  if (values_.begin_release(key, out)) {
    out.put_at(head, RecordHead(Kind::release_with_update, key));
    trace_.note(Event::update_sent, key, owner);
  }
  releasing_.push_back(key);
}

template <class V>
void Asking<V>::send_changes(bool flush, std::vector<base::Bytes>& questions) {
  changed_copies_.clear();
  dirty_lists_.drain_to(changed_copies_);
  const double threshold = flush ? 0 : options_.sync_threshold;
  for (std::size_t i = 0; i < changed_copies_.size(); ++i) {
    if (i + prefetch_distance < changed_copies_.size()) values_.prefetch(changed_copies_[i + prefetch_distance].key);
    const auto [key, rank] = changed_copies_[i];
    if (rank != table_.rank()) {
      changed_at_neighbours_.push_back({key, rank});
      continue;
    }
    const Location location = table_.get(key);
    if (!location.here() || !values_.slot(key).is_dirty()) continue;  // it has gone since
    const Role role = values_.slot(key).role();
    if (role == Role::owner) {
      values_.clear_dirty(key);
      answering_.note_change(key, Holders::somebody);
    } else if (role == Role::replica) {
      send_update(key, threshold, location.rank(), to(location.rank(), questions));
    }
  }
  report_changes_at_neighbours(questions);
}

template <class V>
void Asking<V>::send_update(Key key, double threshold, int owner, base::Bytes& out) {
  const std::size_t head = out.size();
  put_record(out, Kind::update, key);
  if (values_.extract_update(key, threshold, out)) {
    asked_anything_ = true;
    ++counters_.updates_sent;
    trace_.note(Event::update_sent, key, owner);
    if (options_.sync_threshold < 0) values_.mark_dirty(key, dirty_lists_.own());
  } else {
    out.shrink(head);
    dirty_lists_.own().put(key, table_.rank());  // still marked
  }
}

/// A main copy that has moved on since had no replicas then, or took the change with it: its old owner need not know.
template <class V>
void Asking<V>::report_changes_at_neighbours(std::vector<base::Bytes>& questions) {
  std::sort(changed_at_neighbours_.begin(), changed_at_neighbours_.end());
  const auto end = std::unique(changed_at_neighbours_.begin(), changed_at_neighbours_.end());
  for (auto changed = changed_at_neighbours_.begin(); changed != end; ++changed) {
    put_record(to(changed->rank, questions), Kind::changed, changed->key);
    asked_anything_ = true;
  }
  changed_at_neighbours_.clear();
}

template <class V>
void Asking<V>::ask_for_wanted(std::vector<base::Bytes>& questions) {
  std::size_t budget = ask_budget_bytes;
  for (auto& [key, want] : wants_) {
    const std::size_t bytes = values_.slot_bytes(key);
    if (!want.place) want.place = values_.allocator().allocate(bytes);
    if (!want.place || budget < bytes) continue;
    budget -= bytes;
    asked_anything_ = true;
    const int home = table_.home(key);
    const int target = home == table_.rank() ? table_.get(key).rank() : want.target;
    ADAPM_ASSERT(target != table_.rank());
    put_record(to(target, questions), Kind::want, key);
  }
}

// --- apply ------------------------------------------------------------------------------------------------------

template <class V>
void Asking<V>::apply(std::vector<base::Bytes>& answers) {
  for (std::size_t from = 0; from < answers.size(); ++from) {
    base::ByteReader reader(answers[from]);
    take_records(
        reader, [this](base::ByteReader& answer) { prefetch_answer(answer); },
        [&](base::ByteReader& answer) { take_answer(static_cast<int>(from), answer); });
  }
  finish_releases();
}

template <class V>
void Asking<V>::finish_releases() {
  for (const Key key : releasing_) {
    trace_.note(Event::replica_dropped, key, table_.get(key).rank());
    values_.finish_release(key);
  }
  releasing_.clear();
}

/// Passes over an answer, and fetches the slot that it will change.
template <class V>
void Asking<V>::prefetch_answer(base::ByteReader& answer) const {
  const auto head = answer.get<RecordHead>();
  const Key key = head.key();
  const bool has_value = head.kind() == Kind::move || head.kind() == Kind::replicate || head.kind() == Kind::refresh;
  answer.take(has_value ? values_.wire_bytes(key) : sizeof(std::uint64_t));
  if (!has_value) return;
  const Want* const wanted = wants_.find(key);
  if (wanted == nullptr) {
    values_.prefetch(key);
  } else if (wanted->place) {
    values_.prefetch_place(key, *wanted->place);
  }
}

template <class V>
void Asking<V>::take_answer(int from, base::ByteReader& answer) {
  const auto head = answer.get<RecordHead>();
  const Key key = head.key();
  ADAPM_ASSERT(key < table_.num_keys());
  switch (head.kind()) {
    case Kind::elsewhere:
      return take_elsewhere(key, get_rank(answer));
    case Kind::moved:
      return take_notice(key, get_rank(answer));
    case Kind::move:
      return take_move(key, from, answer.take(values_.wire_bytes(key)));
    case Kind::replicate:
      return take_replica(key, from, answer.take(values_.wire_bytes(key)));
    case Kind::share:
      return take_share(key, Location(answer.get<std::uint64_t>()));
    case Kind::refresh:
      return take_refresh(key, from, answer.take(values_.wire_bytes(key)));
    default:
      ADAPM_UNREACHABLE("no answer has this kind");
  }
}

template <class V>
void Asking<V>::take_move(Key key, int from, const std::byte* values) {
  if (table_.get(key).presence() == Presence::replica) {
    trace_.note(Event::promoted, key, from);
    return values_.promote(key, values);
  }
  const std::optional<Want> wanted = wants_.take(key);
  ADAPM_ASSERT(wanted && wanted->place);
  values_.install_owner(key, *wanted->place, values, wanted->interest);
  trace_.note(Event::moved_in, key, from);
}

template <class V>
void Asking<V>::take_replica(Key key, int from, const std::byte* values) {
  const std::optional<Want> wanted = wants_.take(key);
  ADAPM_ASSERT(wanted && wanted->place);
  values_.install_replica(key, *wanted->place, values, from, wanted->interest);
  trace_.note(Event::replica_set_up, key, from);
  if (options_.sync_threshold < 0) values_.mark_dirty(key, dirty_lists_.own());
}

template <class V>
void Asking<V>::take_share(Key key, Location main_copy) {
  const std::optional<Want> wanted = wants_.take(key);
  ADAPM_ASSERT(wanted && wanted->place);
  values_.allocator().free(*wanted->place, values_.slot_bytes(key));
  if (shared_interest_.empty()) shared_interest_.resize(table_.num_keys());
  shared_interest_[key] = wanted->interest;
  values_.share(key, main_copy.rank(), main_copy.place());
  ++counters_.shares_begun;
  trace_.note(Event::share_begun, key, main_copy.rank());
}

template <class V>
void Asking<V>::take_refresh(Key key, int from, const std::byte* values) {
  values_.refresh(key, values);
  trace_.note(Event::refreshed, key, from);
}

template <class V>
void Asking<V>::take_elsewhere(Key key, int rank) {
  Want* const wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != nullptr);
  wanted->target = rank == table_.rank() ? table_.home(key) : rank;
  if (options_.location_hints) table_.improve_hint(key, table_.get(key), wanted->target);
}

/// The home learns of a move. It may be about to drop a replica of the key: then the word keeps its place until it has.
template <class V>
void Asking<V>::take_notice(Key key, int owner) {
  const Location location = table_.get(key);
  ADAPM_ASSERT(location.presence() != Presence::owner && owner != table_.rank());
  table_.set(key, location.here() ? Location::replica(owner, location.place()) : Location::elsewhere(owner));
}

template class Asking<float>;
template class Asking<double>;
template class Asking<std::int64_t>;

}  // namespace adapm::round
