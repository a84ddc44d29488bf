#include "round/asking.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace adapm::round {

using store::Holders;
using store::Location;
using store::Presence;
using Event = trace::Kind;

namespace {

/// Values asked for in one round, in bytes: bounds the messages of a round; the rest follows in the next ones.
constexpr std::size_t ask_budget_bytes = std::size_t{32} << 20U;

bool has_value(RecordHead answer) {
  return answer.kind() == Kind::move || answer.kind() == Kind::replicate || answer.kind() == Kind::refresh ||
         answer.kind() == Kind::refresh_hot;
}

base::Bytes& to(int rank, std::vector<base::Bytes>& messages) { return messages[static_cast<std::size_t>(rank)]; }

}  // namespace

template <class V>
void Asking<V>::collect(bool flush, std::vector<base::Bytes>& questions, base::Summands& summands) {
  asked_anything_ = false;
  ledger_.collect([this](KeySpan keys) { begin_interest(keys); }, [this](KeySpan keys) { end_interest(keys); });
  release_idle(questions);
  send_changes(flush, questions, summands);
  ask_for_wanted(questions);
}

template <class V>
void Asking<V>::prefetch_interest(KeySpan keys, std::size_t i) const {
  base::look_ahead(
      i, keys.size(),
      [&](std::size_t j) {
        table_.template prefetch<base::Use::writing>(keys[j]);
        wants_.prefetch_index(keys[j]);
      },
      [](std::size_t) {});
}

template <class V>
void Asking<V>::begin_interest(KeySpan keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    prefetch_interest(keys, i);
    const Location location = table_.get(keys[i]);
    if (location.at_hand()) {
      values_.add_interest(keys[i]);
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
    if (table_.get(key).at_hand()) {
      end_interest_at_hand(key);
    } else {
      end_want(key);
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
void Asking<V>::end_interest_at_hand(Key key) {
  if (values_.drop_interest(key) > 0) return;
  const Location location = table_.get(key);
  if (location.presence() != Presence::owner) {
    idle_.push_back(key);
  } else if (location.is_watched()) {
    answering_.note_lost_interest(key);
  }
}

template <class V>
void Asking<V>::release_idle(std::vector<base::Bytes>& questions) {
  for (const Key key : idle_) {
    const int owner = values_.owner(key);
    base::Bytes& out = to(owner, questions);
    if (table_.get(key).presence() == Presence::shared) {
      put_record(out, Kind::release, key);
      values_.unshare(key);
      trace_.note(Event::share_ended, key, owner);
    } else {
      release_replica(key, owner, out);
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
void Asking<V>::send_changes(bool flush, std::vector<base::Bytes>& questions, base::Summands& summands) {
  changed_copies_.clear();
  dirty_lists_.drain_to(changed_copies_);
  const double threshold = flush ? 0 : options_.sync_threshold;
  for (std::size_t i = 0; i < changed_copies_.size(); ++i) {
    base::look_ahead(
        i, changed_copies_.size(), [this](std::size_t j) { table_.prefetch(changed_copies_[j].key); },
        [this](std::size_t j) { values_.prefetch(changed_copies_[j].key); });
    const auto [key, rank] = changed_copies_[i];
    if (rank != table_.rank()) {
      changed_at_neighbours_.push_back({key, rank});
      continue;
    }
    const Location location = table_.get(key);
    if (!location.here() || !location.is_dirty()) continue;  // it has gone since
    if (location.presence() == Presence::owner) {
      values_.clear_dirty(key);
      answering_.note_change(key, Holders::somebody);
    } else if (location.presence() == Presence::replica) {
      send_update(key, threshold, questions, summands);
    }
  }
  report_changes_at_neighbours(questions);
}

template <class V>
void Asking<V>::send_update(Key key, double threshold, std::vector<base::Bytes>& questions, base::Summands& summands) {
  const int owner = values_.owner(key);
  const bool is_hot = values_.is_hot(key);
  base::Bytes& out = is_hot ? summands.begin(owner) : to(owner, questions);
  const std::size_t head = out.size();
  put_record(out, is_hot ? Kind::summand : Kind::update, key);
  if (values_.extract_update(key, threshold, out)) {
    asked_anything_ = true;
    ++counters_.updates_sent;
    trace_.note(Event::update_sent, key, owner);
    if (options_.sync_threshold < 0) values_.mark_dirty(key, dirty_lists_.own());
  } else {
    out.shrink(head);
    if (is_hot) summands.drop_last();
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
        reader, [this](base::ByteReader& answer) { prefetch_way(pass_answer(answer)); },
        [this](base::ByteReader& answer) { prefetch_slot(pass_answer(answer)); },
        [&](base::ByteReader& answer) { take_answer(static_cast<int>(from), answer); });
  }
  finish_releases();
}

template <class V>
void Asking<V>::finish_releases() {
  for (const Key key : releasing_) {
    trace_.note(Event::replica_dropped, key, values_.owner(key));
    values_.finish_release(key);
  }
  releasing_.clear();
}

template <class V>
RecordHead Asking<V>::pass_answer(base::ByteReader& answer) const {
  const auto head = answer.get<RecordHead>();
  answer.take(has_value(head) ? values_.wire_bytes(head.key()) : sizeof(std::uint64_t));
  return head;
}

/// What tells which slot an answer will change.
template <class V>
void Asking<V>::prefetch_way(RecordHead answer) const {
  wants_.prefetch_index(answer.key());
  table_.template prefetch<base::Use::writing>(answer.key());
}

/// The slot that an answer will change.
template <class V>
void Asking<V>::prefetch_slot(RecordHead answer) const {
  if (!has_value(answer)) return;
  const Key key = answer.key();
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
    case Kind::refresh_hot:
      return take_refresh(key, from, answer.take(values_.wire_bytes(key)), head.kind() == Kind::refresh_hot);
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
  values_.share(key, main_copy.rank(), main_copy.place(), wanted->interest);
  ++counters_.shares_begun;
  trace_.note(Event::share_begun, key, main_copy.rank());
}

template <class V>
void Asking<V>::take_refresh(Key key, int from, const std::byte* values, bool is_hot) {
  values_.refresh(key, values, is_hot);
  trace_.note(Event::refreshed, key, from);
}

template <class V>
void Asking<V>::take_elsewhere(Key key, int rank) {
  Want* const wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != nullptr);
  wanted->target = rank == table_.rank() ? table_.home(key) : rank;
  if (options_.location_hints) table_.improve_hint(key, table_.get(key), wanted->target);
}

/// The home learns of a move. It may be about to drop a replica of the key: then it is the replica that has a new
/// owner.
template <class V>
void Asking<V>::take_notice(Key key, int owner) {
  const Location location = table_.get(key);
  ADAPM_ASSERT(location.presence() != Presence::owner && owner != table_.rank());
  if (location.here()) {
    values_.note_owner(key, owner);
  } else {
    table_.set(key, Location::elsewhere(owner));
  }
}

template class Asking<float>;
template class Asking<double>;
template class Asking<std::int64_t>;

}  // namespace adapm::round
