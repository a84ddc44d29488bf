#include "store/value_store.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "base/assert.hpp"

namespace adapm::store {

namespace {

/// L2.
template <class V>
double norm(const V* values, std::size_t length) {
  double squares = 0;
  for (std::size_t i = 0; i < length; ++i) squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return std::sqrt(squares);
}

}  // namespace

template <class V>
std::vector<std::size_t> ValueStore<V>::home_bytes(const ValueLayout& layout, int num_ranks) {
  constexpr std::size_t too_many = Location::max_segment_bytes + 1;
  const auto ranks = static_cast<Key>(num_ranks);
  std::vector<std::size_t> of_ranks(ranks);
  if (layout.is_uniform()) {
    const std::size_t bytes = store::slot_bytes(layout.length(0) * sizeof(V));
    for (Key rank = 0; rank < ranks; ++rank) {
      const std::size_t keys = layout.num_keys() / ranks + (rank < layout.num_keys() % ranks ? 1 : 0);
      of_ranks[rank] = keys <= Location::max_segment_bytes / bytes ? keys * bytes : too_many;
    }
    return of_ranks;
  }
  for (Key key = 0; key < layout.num_keys(); ++key) {
    std::size_t& of_home = of_ranks[static_cast<std::size_t>(directory::home_of(key, num_ranks))];
    of_home = std::min(of_home + store::slot_bytes(layout.length(key) * sizeof(V)), too_many);
  }
  return of_ranks;
}

template <class V>
Presence ValueStore<V>::try_pull(Key key, V* to) const {
  if (const auto access = fixed_access()) {
    access->pull({&key, 1}, to);
    return access->presence(key);
  }
  return with_access([&](const auto& access) { return access.pull(key, to); });
}

template <class V>
Presence ValueStore<V>::try_push(Key key, const V* update, DirtyList& dirty) const {
  if (const auto access = fixed_access()) {
    access->push({&key, 1}, update);
    return access->presence(key);
  }
  return with_access([&](const auto& access) { return access.push(key, update, dirty); });
}

template <class V>
Presence ValueStore<V>::try_set(Key key, const V* value, DirtyList& dirty) const {
  if (const auto access = fixed_access()) {
    access->set({&key, 1}, value);
    return access->presence(key);
  }
  return with_access([&](const auto& access) { return access.set(key, value, dirty); });
}

template <class V>
bool ValueStore<V>::try_pull_neighbour(int rank, Key key, V* to) const {
  return with_access([&](const auto& access) { return access.pull_neighbour(rank, key, to); });
}

template <class V>
bool ValueStore<V>::try_push_neighbour(int rank, Key key, const V* update, DirtyList& dirty) const {
  return with_access([&](const auto& access) { return access.push_neighbour(rank, key, update, dirty); });
}

template <class V>
bool ValueStore<V>::try_set_neighbour(int rank, Key key, const V* value, DirtyList& dirty) const {
  return with_access([&](const auto& access) { return access.set_neighbour(rank, key, value, dirty); });
}

// --- transitions ----------------------------------------------------------------------------------------------------

template <class V>
void ValueStore<V>::add_segment(const port::Region& region) {
  const std::uint32_t segment = segments_.count();
  segments_.add(region);
  allocator_.add_segment(segment, region.own_bytes);
  count_memory();
}

template <class V>
void ValueStore<V>::count_memory() {
  const std::size_t now = allocator_.total_bytes() + replica_memory_.total_bytes() + states_.bytes();
  counters_.memory_bytes.add(now);
  counters_.memory_bytes.subtract(std::exchange(counted_memory_bytes_, now));
}

template <class V>
void ValueStore<V>::fix_places(const LockTable& locks) {
  ADAPM_ASSERT(segments_.count() == 1 && counters_.owned_keys.value() == 0);
  std::vector<std::byte*> first_of_rank;
  for (int rank = 0; rank < table_.num_ranks(); ++rank)
    first_of_rank.push_back(segments_.bases().at(rank, Location::owner({0, 0})));
  fixed_places_.emplace(FixedPlaces{directory::Homes(table_.num_ranks()), own_words(), std::move(first_of_rank),
                                    layout_.is_uniform() ? slot_bytes(0) : 0, locks});
}

template <class V>
void ValueStore<V>::create(Key key) {
  const auto place = allocator_.allocate(slot_bytes(key));
  ADAPM_ASSERT(place.has_value());
  table_.set(key, Location::owner(*place));
  ++counters_.owned_keys;
}

template <class V>
void ValueStore<V>::share(Key key, int rank, SlotPlace place, std::uint32_t interest) {
  if (interest > 0) states_.find_or_insert(key, {}).interest = interest;
  table_.set(key, Location::shared(rank, place));
  ++counters_.shares_held;
}

template <class V>
void ValueStore<V>::unshare(Key key) {
  const Location location = table_.get(key);
  ADAPM_ASSERT(location.presence() == Presence::shared && !states_.contains(key));
  table_.set(key, Location::nearby(location.rank(), location.place()));
  counters_.shares_held.subtract(1);
}

/// Writes into a slot, or a replica's place, that is no longer or not yet anybody's.
template <class V>
void ValueStore<V>::fill(V* slot, const std::byte* values, std::size_t length) {
  if (slots_were_freed_) table_.advance_generation();
  slots_were_freed_ = false;
  base::fence_before_writes();
  base::copy_in(slot, reinterpret_cast<const V*>(values), length);
}

template <class V>
void ValueStore<V>::install_owner(Key key, SlotPlace place, const std::byte* values, std::uint32_t interest) {
  ADAPM_ASSERT(!table_.get(key).here());
  const Location location = Location::owner(place);
  fill(own_value(location), values, layout_.length(key));
  table_.set(key, with_interest(location, key, interest));
  ++counters_.moves_in;
  ++counters_.owned_keys;
}

template <class V>
void ValueStore<V>::install_replica(Key key, SlotPlace place, const std::byte* values, int owner,
                                    std::uint32_t interest) {
  ADAPM_ASSERT(!table_.get(key).here());
  const Location location = Location::replica(replica_memory_.allocate(slot_bytes(key), owner, place));
  fill(own_value(location), values, layout_.length(key));
  table_.set(key, with_interest(location, key, interest));
  ++counters_.replicas_set_up;
  ++counters_.replicas_held;
}

template <class V>
void ValueStore<V>::promote(Key key, const std::byte* values) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::replica);
  const SlotPlace replica = lock.location().place();
  V* const value = own_value(lock.location());
  rebase(lock, value, values, layout_.length(key));
  const Location main_copy = Location::owner(ReplicaMemory::reserved_slot(bytes_at(lock.location())));
  fill(own_value(main_copy), reinterpret_cast<const std::byte*>(value), layout_.length(key));
  lock.become(main_copy.with_interest(lock.location().interest()));
  replica_memory_.free(replica, slot_bytes(key));
  slots_were_freed_ = true;
  ++counters_.moves_in;
  ++counters_.owned_keys;
  counters_.replicas_held.subtract(1);
}

template <class V>
void ValueStore<V>::note_owner(Key key, int owner) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() != Presence::owner);
  ReplicaMemory::set_owner(bytes_at(lock.location()), owner);
}

template <class V>
std::uint32_t ValueStore<V>::move_out(Key key, int target, base::Bytes& out) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::owner);
  const std::uint32_t interest = this->interest(key);
  const V* const value = own_value(lock.location());
  tell_watcher(key, value);
  append(key, value, out);
  allocator_.free(lock.location().place(), slot_bytes(key));
  slots_were_freed_ = true;
  lock.become(Location::elsewhere(target));
  states_.take(key);
  ++counters_.moves_out;
  counters_.owned_keys.subtract(1);
  return interest;
}

// --- interest -------------------------------------------------------------------------------------------------------
// Of a key that is here the location word has the number of intents, up to the most that it has room for. Then, and of
// a key that is shared, the key's state has it.

template <class V>
std::uint32_t ValueStore<V>::interest(Key key) const {
  const Location location = table_.get(key);
  if (location.here() && location.interest() < Location::most_interest) return location.interest();
  const KeyState* const state = states_.find(key);
  return state == nullptr ? 0 : state->interest;
}

/// The word of a copy that is about to be here.
template <class V>
Location ValueStore<V>::with_interest(Location location, Key key, std::uint32_t interest) {
  if (interest >= Location::most_interest) states_.find_or_insert(key, {}).interest = interest;
  return location.with_interest(std::min(interest, Location::most_interest));
}

template <class V>
void ValueStore<V>::add_interest(Key key) {
  KeyLock lock(own_words(), key);
  if (!lock.is_held()) {
    ++states_.find_or_insert(key, {}).interest;
    return;
  }
  const std::uint32_t interest = lock.location().interest();
  if (interest == Location::most_interest) {
    ++states_.find(key)->interest;
  } else {
    lock.become(with_interest(lock.location(), key, interest + 1));
  }
}

template <class V>
std::uint32_t ValueStore<V>::drop_interest(Key key) {
  KeyLock lock(own_words(), key);
  if (lock.is_held() && lock.location().interest() < Location::most_interest) {
    ADAPM_ASSERT(lock.location().interest() > 0);
    lock.become(lock.location().with_interest(lock.location().interest() - 1));
    return lock.location().interest();
  }
  KeyState* const state = states_.find(key);
  ADAPM_ASSERT(state != nullptr && state->interest > 0);
  const std::uint32_t left = --state->interest;
  if (lock.is_held() && left < Location::most_interest) {
    lock.become(lock.location().with_interest(left));
    state->interest = 0;
  }
  forget_if_idle(key);
  return left;
}

template <class V>
void ValueStore<V>::tell_watcher(Key key, const V* value) {
  if (watcher_.load(std::memory_order_relaxed) == nullptr) return;
  const base::MutexLock lock(watcher_mutex_);
  if (DepartureWatcher<V>* const watcher = watcher_.load(std::memory_order_relaxed)) watcher->leaves(key, value);
}

template <class V>
void ValueStore<V>::forget_if_idle(Key key) {
  const KeyState* const state = states_.find(key);
  if (state != nullptr && state->says_nothing()) states_.take(key);
}

template <class V>
Holders& ValueStore<V>::make_holders(Key key) {
  KeyState& state = states_.find_or_insert(key, {});
  if (!state.holders) state.holders = std::make_unique<Holders>();
  return *state.holders;
}

template <class V>
void ValueStore<V>::add_replica(Key key, int rank) {
  Holders& holders = make_holders(key);
  if (holders.replicas.empty()) {
    KeyLock lock(own_words(), key);  // a push either is in the value that the holder will be sent, or sees the bit
    ADAPM_ASSERT(lock.is_held());
    lock.set_watched(true);
  }
  holders.replicas.push_back(rank);
}

template <class V>
void ValueStore<V>::add_sharer(Key key, int rank) {
  make_holders(key).sharers.push_back(rank);
}

template <class V>
void ValueStore<V>::remove_holder(Key key, int rank) {
  Holders* const holders = this->holders(key);
  ADAPM_ASSERT(holders != nullptr);
  const auto replicas = std::erase(holders->replicas, rank);
  const auto sharers = std::erase(holders->sharers, rank);
  ADAPM_ASSERT(replicas + sharers == 1);
  if (replicas == 0 || !holders->replicas.empty()) return;
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held());
  lock.set_watched(false);
}

template <class V>
void ValueStore<V>::drop_holders(Key key) {
  KeyState* const state = states_.find(key);
  ADAPM_ASSERT(state != nullptr && state->holders->replicas.empty() && state->holders->sharers.empty());
  state->holders = nullptr;
  forget_if_idle(key);
}

template <class V>
bool ValueStore<V>::begin_release(Key key, base::Bytes& out) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::replica);
  const bool changed = lock.location().is_dirty();
  if (changed) append_update(own_value(lock.location()), key, out);
  lock.clear_dirty();
  lock.become(lock.location().releasing());
  return changed;
}

template <class V>
void ValueStore<V>::finish_release(Key key) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::releasing && lock.location().interest() == 0);
  const std::byte* const value = bytes_at(lock.location());
  allocator_.free(ReplicaMemory::reserved_slot(value), slot_bytes(key));
  replica_memory_.free(lock.location().place(), slot_bytes(key));
  slots_were_freed_ = true;
  lock.become(Location::elsewhere(ReplicaMemory::owner(value)));
  ++counters_.replicas_dropped;
  counters_.replicas_held.subtract(1);
}

template <class V>
bool ValueStore<V>::extract_update(Key key, double threshold, base::Bytes& out) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::replica);
  const std::size_t begin = out.size();
  append_update(own_value(lock.location()), key, out);
  if (threshold > 0 && norm(reinterpret_cast<const V*>(out.data() + begin), layout_.length(key)) < threshold) {
    out.shrink(begin);
    return false;
  }
  lock.clear_dirty();
  return true;
}

template <class V>
void ValueStore<V>::refresh(Key key, const std::byte* values, bool is_hot) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::replica);
  lock.value_changes();
  rebase(lock, own_value(lock.location()), values, layout_.length(key));
  ReplicaMemory::set_hot(bytes_at(lock.location()), is_hot);
}

template <class V>
void ValueStore<V>::merge(Key key, const std::byte* update) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held() && lock.location().presence() == Presence::owner);
  lock.value_changes();
  base::add_in(own_value(lock.location()), reinterpret_cast<const V*>(update), layout_.length(key));
}

template <class V>
void ValueStore<V>::append_value(Key key, base::Bytes& out) const {
  const Presence found = try_pull(key, reinterpret_cast<V*>(out.extend(wire_bytes(key))));
  ADAPM_ASSERT(found != Presence::elsewhere);
}

template <class V>
void ValueStore<V>::append(Key key, const V* values, base::Bytes& out) const {
  base::copy_out(reinterpret_cast<V*>(out.extend(wire_bytes(key))), values, layout_.length(key));
}

template <class V>
void ValueStore<V>::mark_dirty(Key key, DirtyList& dirty) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held());
  if (lock.location().is_dirty()) return;
  with_access([&](const auto& access) { access.set_dirty(lock, own_value(lock.location()), key, dirty); });
}

template <class V>
bool ValueStore<V>::clear_dirty(Key key) {
  KeyLock lock(own_words(), key);
  ADAPM_ASSERT(lock.is_held());
  const bool was = lock.location().is_dirty();
  lock.clear_dirty();
  return was;
}

template class ValueStore<float>;
template class ValueStore<double>;
template class ValueStore<std::int64_t>;

}  // namespace adapm::store
