#include "round/round_protocol.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace adapm::round {

using store::Holders;
using store::Location;
using store::Presence;
using store::Role;
using store::Slot;

namespace {

/// Values asked for in one round, in bytes: bounds the messages of a round; the rest follows in the next ones.
constexpr std::size_t ask_budget_bytes = std::size_t{32} << 20U;
constexpr std::size_t prefetch_distance = 8;
/// Asking the home, asking whom it named, and one more in case the key moved meanwhile.
constexpr std::uint64_t rounds_between_turns = 4;

base::Bytes& to(int rank, std::vector<base::Bytes>& messages) { return messages[static_cast<std::size_t>(rank)]; }

}  // namespace

template <class V>
void RoundProtocol<V>::add_dirty_list(std::shared_ptr<store::DirtyList> list) {
  const base::MutexLock lock(mutex_);
  dirty_lists_.push_back(std::move(list));
}

// --- collect ------------------------------------------------------------------------------------------------------

template <class V>
void RoundProtocol<V>::collect(bool flush, std::vector<base::Bytes>& questions) {
  asked_anything_ = false;
  ++round_;
  ledger_.collect([this](KeySpan keys) { begin_interest(keys); }, [this](KeySpan keys) { end_interest(keys); });
  release_idle(questions);
  send_changes(flush, questions);
  ask_for_wanted(questions);
}

template <class V>
void RoundProtocol<V>::prefetch_interest(KeySpan keys, std::size_t i) const {
  if (i + 2 * prefetch_distance < keys.size()) table_.prefetch(keys[i + 2 * prefetch_distance]);
  if (i + prefetch_distance >= keys.size()) return;
  values_.prefetch_header(keys[i + prefetch_distance]);
  if (!shared_interest_.empty()) __builtin_prefetch(&shared_interest_[keys[i + prefetch_distance]]);
}

template <class V>
void RoundProtocol<V>::begin_interest(KeySpan keys) {
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
void RoundProtocol<V>::want(Key key, std::uint32_t interest, int target) {
  Want& want = wants_.try_emplace(key, Want{0, target, std::nullopt}).first->second;
  want.interest += interest;
}

template <class V>
void RoundProtocol<V>::end_interest(KeySpan keys) {
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
void RoundProtocol<V>::end_want(Key key) {
  const auto wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != wants_.end());
  if (--wanted->second.interest > 0) return;
  if (wanted->second.place) values_.allocator().free(*wanted->second.place, values_.lines(key));
  wants_.erase(wanted);
}

template <class V>
void RoundProtocol<V>::end_interest_here(Key key) {
  Slot& slot = values_.slot(key);
  ADAPM_ASSERT(slot.interest() > 0);
  slot.drop_interest();
  if (slot.interest() > 0) return;
  if (slot.role() == Role::replica) idle_.push_back(key);
  if (slot.has_replicas()) unsettled_.push_back(key);
}

template <class V>
void RoundProtocol<V>::release_idle(std::vector<base::Bytes>& questions) {
  for (const Key key : idle_) {
    const Location location = table_.get(key);
    base::Bytes& out = to(location.rank(), questions);
    if (location.presence() == Presence::shared) {
      put_record(out, Kind::release, key);
      table_.set(key, Location::nearby(location.rank(), location.place()));
      counters_.shares_held.subtract(1);
    } else {
      release_replica(key, out);
    }
    asked_anything_ = true;
  }
  idle_.clear();
}

template <class V>
void RoundProtocol<V>::release_replica(Key key, base::Bytes& out) {
  const std::size_t head = out.size();
  put_record(out, Kind::release, key);
  if (values_.begin_release(key, out)) out.put_at(head, RecordHead(Kind::release_with_update, key));
  releasing_.push_back(key);
}

template <class V>
void RoundProtocol<V>::drain_dirty_lists() {
  changed_copies_.clear();
  own_dirty_.drain_to(changed_copies_);
  const base::MutexLock lock(mutex_);
  for (const auto& list : dirty_lists_) list->drain_to(changed_copies_);
  // A list that only this protocol still holds belonged to a worker that is gone.
  std::erase_if(dirty_lists_, [](const auto& list) { return list.use_count() == 1 && list->empty(); });
}

template <class V>
void RoundProtocol<V>::send_changes(bool flush, std::vector<base::Bytes>& questions) {
  drain_dirty_lists();
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
      note_change(key, Holders::somebody);
    } else if (role == Role::replica) {
      send_update(key, threshold, to(location.rank(), questions));
    }
  }
  report_changes_at_neighbours(questions);
}

template <class V>
void RoundProtocol<V>::send_update(Key key, double threshold, base::Bytes& out) {
  const std::size_t head = out.size();
  put_record(out, Kind::update, key);
  if (values_.extract_update(key, threshold, out)) {
    asked_anything_ = true;
    ++counters_.updates_sent;
    if (options_.sync_threshold < 0) values_.mark_dirty(key, own_dirty_);
  } else {
    out.shrink(head);
    own_dirty_.put(key, table_.rank());  // still marked
  }
}

/// A main copy that has moved on since had no replicas then, or took the change with it: its old owner need not know.
template <class V>
void RoundProtocol<V>::report_changes_at_neighbours(std::vector<base::Bytes>& questions) {
  std::sort(changed_at_neighbours_.begin(), changed_at_neighbours_.end());
  const auto end = std::unique(changed_at_neighbours_.begin(), changed_at_neighbours_.end());
  for (auto changed = changed_at_neighbours_.begin(); changed != end; ++changed) {
    put_record(to(changed->rank, questions), Kind::changed, changed->key);
    asked_anything_ = true;
  }
  changed_at_neighbours_.clear();
}

template <class V>
void RoundProtocol<V>::ask_for_wanted(std::vector<base::Bytes>& questions) {
  std::size_t budget = ask_budget_bytes;
  for (auto& [key, want] : wants_) {
    const std::size_t bytes = std::size_t{values_.lines(key)} * 64;
    if (!want.place) want.place = values_.allocator().allocate(values_.lines(key));
    if (!want.place || budget < bytes) continue;
    budget -= bytes;
    asked_anything_ = true;
    const int home = table_.home(key);
    const int target = home == table_.rank() ? table_.get(key).rank() : want.target;
    ADAPM_ASSERT(target != table_.rank());
    put_record(to(target, questions), Kind::want, key);
  }
}

// --- answer -------------------------------------------------------------------------------------------------------

template <class V>
void RoundProtocol<V>::answer(std::vector<base::ByteReader>& questions, std::vector<base::Bytes>& answers) {
  for (std::size_t from = 0; from < questions.size(); ++from)
    while (!questions[from].at_end()) take_question(static_cast<int>(from), questions[from], answers);
  note_own_changes();
  std::sort(askers_.begin(), askers_.end());
  settle_unasked(answers);
  refresh_holders(answers);
  settle_asked(answers);
}

template <class V>
void RoundProtocol<V>::take_question(int from, base::ByteReader& question, std::vector<base::Bytes>& answers) {
  const auto head = question.get<RecordHead>();
  const Key key = head.key();
  ADAPM_ASSERT(key < table_.num_keys());
  switch (head.kind()) {
    case Kind::want:
      if (owns(key)) {
        askers_.push_back({key, from});
      } else {
        const int hint = table_.get(key).rank();
        const bool useful = hint != from && hint != table_.rank();
        put_record(to(from, answers), Kind::elsewhere, key, useful ? hint : table_.home(key));
        ++counters_.elsewhere;
      }
      return;
    case Kind::update:
      take_update(from, key, question);
      return;
    case Kind::release_with_update:
      take_update(from, key, question);
      take_release(from, key);
      return;
    case Kind::release:
      take_release(from, key);
      return;
    case Kind::changed:
      if (owns(key)) note_change(key, Holders::somebody);
      return;
    default:
      ADAPM_UNREACHABLE("no question has this kind");
  }
}

template <class V>
void RoundProtocol<V>::take_update(int from, Key key, base::ByteReader& question) {
  values_.merge(key, question.take(values_.wire_bytes(key)));
  note_change(key, from);
}

template <class V>
void RoundProtocol<V>::take_release(int from, Key key) {
  ADAPM_ASSERT(owns(key));
  values_.remove_holder(key, from);
  unsettled_.push_back(key);
}

template <class V>
void RoundProtocol<V>::note_change(Key key, int by) {
  Holders* const holders = values_.holders(key);
  if (holders == nullptr || holders->replicas.empty()) return;
  if (holders->changed_by == Holders::nobody) {
    holders->changed_by = by;
    changed_.push_back(key);
  } else if (holders->changed_by != by) {
    holders->changed_by = Holders::somebody;
  }
}

/// Changes made here since collect are refreshed with this round's answers: a rank whose push was acknowledged before
/// its collect may rely on it.
template <class V>
void RoundProtocol<V>::note_own_changes() {
  drain_dirty_lists();
  for (const auto [key, rank] : changed_copies_) {
    const bool here = rank == table_.rank();
    if (here && (!table_.get(key).here() || !values_.slot(key).is_dirty())) continue;
    if (here && values_.slot(key).role() == Role::owner) {
      values_.clear_dirty(key);
      note_change(key, Holders::somebody);
    } else {
      own_dirty_.put(key, rank);  // for the next collect; a replica is still marked
    }
  }
}

/// Keys that lost a holder or the owner's own interest, and that nobody asks for: they may move to their only holder.
template <class V>
void RoundProtocol<V>::settle_unasked(std::vector<base::Bytes>& answers) {
  for (const Key key : unsettled_) {
    if (!owns(key)) continue;  // settled already
    const Holders* const holders = values_.holders(key);
    if (holders == nullptr) continue;
    if (holders->replicas.empty() && holders->sharers.empty()) {
      values_.drop_holders(key);
      continue;
    }
    const auto asker = std::lower_bound(askers_.begin(), askers_.end(), Asker{key, 0});
    if (asker != askers_.end() && asker->key == key) continue;  // decided with the askers
    if (decide(options_.techniques, interest_in(key, 0)) == Placement::move)
      move(key, holders->replicas.front(), answers);
  }
  unsettled_.clear();
}

template <class V>
void RoundProtocol<V>::refresh_holders(std::vector<base::Bytes>& answers) {
  for (std::size_t i = 0; i < changed_.size(); ++i) {
    if (i + prefetch_distance < changed_.size()) values_.prefetch(changed_[i + prefetch_distance]);
    const Key key = changed_[i];
    if (!owns(key)) continue;  // it has just moved to its only holder
    Holders* const holders = values_.holders(key);
    if (holders == nullptr) continue;
    for (const int holder : holders->replicas) {
      if (holder == holders->changed_by) continue;
      base::Bytes& out = to(holder, answers);
      put_record(out, Kind::refresh, key);
      values_.append_value(key, out);
      ++counters_.refreshes_sent;
    }
    holders->changed_by = Holders::nobody;
  }
  changed_.clear();
}

template <class V>
void RoundProtocol<V>::settle_asked(std::vector<base::Bytes>& answers) {
  for (std::size_t begin = 0, end = 0; begin < askers_.size(); begin = end) {
    const Key key = askers_[begin].key;
    while (end < askers_.size() && askers_[end].key == key) ++end;
    if (end < askers_.size()) values_.prefetch(askers_[end].key);
    const std::span<const Asker> askers(&askers_[begin], end - begin);
    switch (decide(options_.techniques, interest_in(key, askers.size()))) {
      case Placement::replicate:
        for (const Asker& asker : askers) {
          if (values_.segments().is_neighbour(asker.rank)) {
            share(key, asker.rank, answers);
          } else {
            replicate(key, asker.rank, answers);
          }
        }
        break;
      case Placement::move:
        move_to_next(key, askers, answers);
        break;
      case Placement::stay:
        for (const Asker& asker : askers) put_record(to(asker.rank, answers), Kind::elsewhere, key, table_.rank());
        break;
    }
  }
  askers_.clear();
}

template <class V>
Interest RoundProtocol<V>::interest_in(Key key, std::size_t askers) const {
  const Holders* const holders = values_.holders(key);
  return {.owner_has_live_intent = values_.slot(key).interest() > 0,
          .replicas = holders == nullptr ? 0 : holders->replicas.size(),
          .sharers = holders == nullptr ? 0 : holders->sharers.size(),
          .askers = askers,
          .goes_round_now = round_ % rounds_between_turns == 0};
}

/// The key goes round the ranks that ask for it, so nobody starves; the others are told where it has gone.
template <class V>
void RoundProtocol<V>::move_to_next(Key key, std::span<const Asker> askers, std::vector<base::Bytes>& answers) {
  const auto after_own = [this](const Asker& asker) { return asker.rank > table_.rank(); };
  const auto found = std::find_if(askers.begin(), askers.end(), after_own);
  const int next = found == askers.end() ? askers.front().rank : found->rank;
  for (const Asker& asker : askers)
    if (asker.rank != next) put_record(to(asker.rank, answers), Kind::elsewhere, key, next);
  move(key, next, answers);
}

template <class V>
void RoundProtocol<V>::replicate(Key key, int holder, std::vector<base::Bytes>& answers) {
  values_.add_replica(key, holder);  // before the value is copied: a push after that must be noted
  base::Bytes& out = to(holder, answers);
  put_record(out, Kind::replicate, key);
  values_.append_value(key, out);
}

template <class V>
void RoundProtocol<V>::share(Key key, int sharer, std::vector<base::Bytes>& answers) {
  base::Bytes& out = to(sharer, answers);
  put_record(out, Kind::share, key);
  out.put(Location::shared(table_.rank(), values_.add_sharer(key, sharer)).word());
}

template <class V>
void RoundProtocol<V>::move(Key key, int new_owner, std::vector<base::Bytes>& answers) {
  base::Bytes& out = to(new_owner, answers);
  put_record(out, Kind::move, key);
  const std::uint32_t interest = values_.move_out(key, new_owner, out);
  if (interest > 0) want(key, interest, new_owner);  // relocation only: it is wanted back
  const int home = table_.home(key);
  if (home != new_owner && home != table_.rank()) put_record(to(home, answers), Kind::moved, key, new_owner);
}

// --- apply --------------------------------------------------------------------------------------------------------

template <class V>
void RoundProtocol<V>::apply(std::vector<base::Bytes>& answers) {
  for (std::size_t from = 0; from < answers.size(); ++from) {
    base::ByteReader reader(answers[from]);
    while (!reader.at_end()) take_answer(static_cast<int>(from), reader);
  }
  for (const Key key : releasing_) values_.finish_release(key);
  releasing_.clear();
}

template <class V>
void RoundProtocol<V>::take_answer(int from, base::ByteReader& answer) {
  const auto head = answer.get<RecordHead>();
  const Key key = head.key();
  ADAPM_ASSERT(key < table_.num_keys());
  switch (head.kind()) {
    case Kind::elsewhere:
      return take_elsewhere(key, get_rank(answer));
    case Kind::moved:
      return take_notice(key, get_rank(answer));
    case Kind::move:
      return take_move(key, answer.take(values_.wire_bytes(key)));
    case Kind::replicate:
      return take_replica(key, from, answer.take(values_.wire_bytes(key)));
    case Kind::share:
      return take_share(key, Location(answer.get<std::uint64_t>()));
    case Kind::refresh:
      return values_.refresh(key, answer.take(values_.wire_bytes(key)));
    default:
      ADAPM_UNREACHABLE("no answer has this kind");
  }
}

template <class V>
void RoundProtocol<V>::take_move(Key key, const std::byte* values) {
  if (table_.get(key).presence() == Presence::replica) return values_.promote(key, values);
  const auto wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != wants_.end() && wanted->second.place);
  values_.install_owner(key, *wanted->second.place, values, wanted->second.interest);
  wants_.erase(wanted);
}

template <class V>
void RoundProtocol<V>::take_replica(Key key, int from, const std::byte* values) {
  const auto wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != wants_.end() && wanted->second.place);
  values_.install_replica(key, *wanted->second.place, values, from, wanted->second.interest);
  wants_.erase(wanted);
  if (options_.sync_threshold < 0) values_.mark_dirty(key, own_dirty_);
}

template <class V>
void RoundProtocol<V>::take_share(Key key, Location main_copy) {
  const auto wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != wants_.end() && wanted->second.place);
  values_.allocator().free(*wanted->second.place, values_.lines(key));
  if (shared_interest_.empty()) shared_interest_.resize(table_.num_keys());
  shared_interest_[key] = wanted->second.interest;
  wants_.erase(wanted);
  table_.set(key, main_copy);
  ++counters_.shares_begun;
  ++counters_.shares_held;
}

template <class V>
void RoundProtocol<V>::take_elsewhere(Key key, int rank) {
  const auto wanted = wants_.find(key);
  ADAPM_ASSERT(wanted != wants_.end());
  wanted->second.target = rank == table_.rank() ? table_.home(key) : rank;
  if (options_.location_hints) table_.improve_hint(key, table_.get(key), wanted->second.target);
}

/// The home learns of a move. It may be about to drop a replica of the key: then the word keeps its place until it has.
template <class V>
void RoundProtocol<V>::take_notice(Key key, int owner) {
  const Location location = table_.get(key);
  ADAPM_ASSERT(location.presence() != Presence::owner && owner != table_.rank());
  table_.set(key, location.here() ? Location::replica(owner, location.place()) : Location::elsewhere(owner));
}

template class RoundProtocol<float>;
template class RoundProtocol<double>;
template class RoundProtocol<std::int64_t>;

}  // namespace adapm::round
