#include "round/answering.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace adapm::round {

using store::Holders;
using store::Presence;

namespace {

/// Asking the home, asking whom it named, and one more in case the key moved meanwhile.
constexpr std::uint64_t rounds_between_turns = 4;

bool has_update(RecordHead question) {
  return question.kind() == Kind::update || question.kind() == Kind::release_with_update ||
         question.kind() == Kind::summand;
}

base::Bytes& to(int rank, std::vector<base::Bytes>& messages) { return messages[static_cast<std::size_t>(rank)]; }

}  // namespace

template <class V>
void Answering<V>::answer(std::vector<base::ByteReader>& questions, std::vector<base::Bytes>& answers,
                          base::Multicasts& answers_to_several) {
  ++round_;
  for (std::size_t from = 0; from < questions.size(); ++from)
    take_records(
        questions[from], [this](base::ByteReader& question) { table_.prefetch(pass_question(question).key()); },
        [this](base::ByteReader& question) { prefetch_changed(pass_question(question)); },
        [&](base::ByteReader& question) { take_question(static_cast<int>(from), question, answers); });
  note_own_changes();
  std::sort(askers_.begin(), askers_.end());
  settle_unasked(answers);
  refresh_holders(answers, answers_to_several);
  settle_asked(answers);
}

template <class V>
RecordHead Answering<V>::pass_question(base::ByteReader& question) const {
  const auto head = question.get<RecordHead>();
  if (has_update(head)) question.take(values_.wire_bytes(head.key()));
  return head;
}

/// What is asked for is fetched when it is decided.
template <class V>
void Answering<V>::prefetch_changed(RecordHead question) const {
  if (has_update(question)) values_.template prefetch<base::Use::writing>(question.key());
}

template <class V>
void Answering<V>::take_question(int from, base::ByteReader& question, std::vector<base::Bytes>& answers) {
  const auto head = question.get<RecordHead>();
  const Key key = head.key();
  ADAPM_ASSERT(key < table_.num_keys());
  switch (head.kind()) {
    case Kind::want:
      if (owns(key)) {
        askers_.push_back({key, from});
      } else {
        const int hint = values_.owner(key);
        const bool useful = hint != from && hint != table_.rank();
        put_record(to(from, answers), Kind::elsewhere, key, useful ? hint : table_.home(key));
        ++counters_.elsewhere;
      }
      return;
    case Kind::update:
      take_update(from, key, question);
      return;
    case Kind::summand:
      take_update(Holders::somebody, key, question);
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
void Answering<V>::take_update(int by, Key key, base::ByteReader& question) {
  values_.merge(key, question.take(values_.wire_bytes(key)));
  ++counters_.updates_merged;
  note_change(key, by);
}

template <class V>
void Answering<V>::take_release(int from, Key key) {
  ADAPM_ASSERT(owns(key));
  values_.remove_holder(key, from);
  unsettled_.push_back(key);
}

template <class V>
void Answering<V>::note_change(Key key, int by) {
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
void Answering<V>::note_own_changes() {
  changed_copies_.clear();
  dirty_lists_.drain_to(changed_copies_);
  for (const auto [key, rank] : changed_copies_) {
    const bool here = rank == table_.rank();
    const store::Location location = table_.get(key);
    if (here && (!location.here() || !location.is_dirty())) continue;
    if (here && location.presence() == Presence::owner) {
      values_.clear_dirty(key);
      note_change(key, Holders::somebody);
    } else {
      dirty_lists_.own().put(key, rank);  // for the next collect; a replica is still marked
    }
  }
}

/// Keys that lost a holder or the owner's own interest, and that nobody asks for: they may move to their only holder.
template <class V>
void Answering<V>::settle_unasked(std::vector<base::Bytes>& answers) {
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
    if (decide(options_.techniques, interest_in(key, {})) == Placement::move)
      move(key, holders->replicas.front(), answers);
  }
  unsettled_.clear();
}

template <class V>
void Answering<V>::refresh_holders(std::vector<base::Bytes>& answers, base::Multicasts& answers_to_several) {
  for (std::size_t i = 0; i < changed_.size(); ++i) {
    base::look_ahead(
        i, changed_.size(), [this](std::size_t j) { table_.prefetch(changed_[j]); },
        [this](std::size_t j) { values_.prefetch(changed_[j]); });
    const Key key = changed_[i];
    if (!owns(key)) continue;  // it has just moved to its only holder
    Holders* const holders = values_.holders(key);
    if (holders == nullptr) continue;
    receivers_.clear();
    for (const int holder : holders->replicas)
      if (holder != holders->changed_by) receivers_.push_back(holder);
    holders->changed_by = Holders::nobody;
    if (receivers_.empty()) continue;
    base::Bytes& out = receivers_.size() == 1 ? to(receivers_[0], answers) : answers_to_several.begin(receivers_);
    put_record(out, holders->replicas.size() > most_usual_replicas_ ? Kind::refresh_hot : Kind::refresh, key);
    values_.append_value(key, out);
    counters_.refreshes_sent.add(receivers_.size());
  }
  changed_.clear();
}

template <class V>
void Answering<V>::settle_asked(std::vector<base::Bytes>& answers) {
  for (std::size_t begin = 0, end = 0; begin < askers_.size(); begin = end) {
    const Key key = askers_[begin].key;
    while (end < askers_.size() && askers_[end].key == key) ++end;
    for (std::size_t i = begin; i < end; ++i)
      base::look_ahead(
          i, askers_.size(), [this](std::size_t j) { table_.template prefetch<base::Use::writing>(askers_[j].key); },
          [this](std::size_t j) { values_.prefetch(askers_[j].key); });
    const std::span<const Asker> askers(&askers_[begin], end - begin);
    switch (decide(options_.techniques, interest_in(key, askers))) {
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
Interest Answering<V>::interest_in(Key key, std::span<const Asker> askers) const {
  const Holders* const holders = values_.holders(key);
  const auto is_neighbour = [this](const Asker& asker) { return values_.segments().is_neighbour(asker.rank); };
  return {.owner_has_live_intent = values_.interest(key) > 0,
          .replicas = holders == nullptr ? 0 : holders->replicas.size(),
          .sharers = holders == nullptr ? 0 : holders->sharers.size(),
          .askers = askers.size(),
          .neighbours_ask = !askers.empty() && std::all_of(askers.begin(), askers.end(), is_neighbour),
          .goes_round_now = round_ % rounds_between_turns == 0};
}

/// The key goes round the ranks that ask for it, so nobody starves; the others are told where it has gone.
template <class V>
void Answering<V>::move_to_next(Key key, std::span<const Asker> askers, std::vector<base::Bytes>& answers) {
  const auto after_own = [this](const Asker& asker) { return asker.rank > table_.rank(); };
  const auto found = std::find_if(askers.begin(), askers.end(), after_own);
  const int next = found == askers.end() ? askers.front().rank : found->rank;
  for (const Asker& asker : askers)
    if (asker.rank != next) put_record(to(asker.rank, answers), Kind::elsewhere, key, next);
  move(key, next, answers);
}

template <class V>
void Answering<V>::replicate(Key key, int holder, std::vector<base::Bytes>& answers) {
  values_.add_replica(key, holder);  // before the value is copied: a push after that must be noted
  base::Bytes& out = to(holder, answers);
  put_record(out, Kind::replicate, key);
  values_.append_value(key, out);
}

template <class V>
void Answering<V>::share(Key key, int sharer, std::vector<base::Bytes>& answers) {
  base::Bytes& out = to(sharer, answers);
  put_record(out, Kind::share, key);
  values_.add_sharer(key, sharer);
  out.put(store::Location::shared(table_.rank(), table_.get(key).place()).word());
}

template <class V>
void Answering<V>::move(Key key, int new_owner, std::vector<base::Bytes>& answers) {
  base::Bytes& out = to(new_owner, answers);
  put_record(out, Kind::move, key);
  const std::uint32_t interest = values_.move_out(key, new_owner, out);
  trace_.note(trace::Kind::moved_out, key, new_owner);
  if (interest > 0) taken_away_.push_back({key, interest, new_owner});  // relocation only
  const int home = table_.home(key);
  if (home != new_owner && home != table_.rank()) put_record(to(home, answers), Kind::moved, key, new_owner);
}

template class Answering<float>;
template class Answering<double>;
template class Answering<std::int64_t>;

}  // namespace adapm::round
