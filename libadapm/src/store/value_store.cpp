#include "store/value_store.hpp"

#include <algorithm>
#include <cmath>

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
ValueStore<V>::~ValueStore() {
  for (Key key = 0; key < table_.num_keys(); ++key) {
    const Location location = table_.get(key);
    if (location.presence() == Presence::owner) drop_holders(key);
    if (location.presence() == Presence::replica) take_snapshot(segments_.own(location.place()));
  }
}

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
Presence ValueStore<V>::try_set(Key key, const V* value, DirtyList& dirty) {
  return try_change<Copy::main>(key, dirty, [&](V* to) { base::copy_in(to, value, layout_.length(key)); });
}

// --- transitions ----------------------------------------------------------------------------------------------------

template <class V>
void ValueStore<V>::add_segment(const port::Region& region) {
  const std::uint32_t segment = segments_.count();
  segments_.add(region);
  allocator_.add_segment(segment, region.own_bytes);
  counters_.memory_bytes.add(region.own_bytes);
}

template <class V>
void ValueStore<V>::create(Key key) {
  const auto place = allocator_.allocate(slot_bytes(key));
  ADAPM_ASSERT(place.has_value());
  Slot& slot = segments_.own(*place);
  {
    const SlotLock lock(slot);
    slot.key.store(key, std::memory_order_relaxed);
    slot.state.store(static_cast<std::uint32_t>(Role::owner), std::memory_order_relaxed);
  }
  table_.set(key, Location::owner(table_.rank(), *place));
  ++counters_.owned_keys;
}

template <class V>
void ValueStore<V>::open_slot(Slot& slot, Key key, Role role, std::uint32_t interest, const std::byte* values) {
  slot.key.store(key, std::memory_order_relaxed);
  slot.state.store(static_cast<std::uint32_t>(role) + interest * Slot::interest_unit, std::memory_order_relaxed);
  base::copy_in(slot.values<V>(), reinterpret_cast<const V*>(values), layout_.length(key));
}

template <class V>
void ValueStore<V>::install_owner(Key key, SlotPlace place, const std::byte* values, std::uint32_t interest) {
  ADAPM_ASSERT(!table_.get(key).here());
  Slot& slot = segments_.own(place);
  {
    const SlotLock lock(slot);
    open_slot(slot, key, Role::owner, interest, values);
  }
  table_.set(key, Location::owner(table_.rank(), place));
  ++counters_.moves_in;
  ++counters_.owned_keys;
}

template <class V>
void ValueStore<V>::install_replica(Key key, SlotPlace place, const std::byte* values, int owner,
                                    std::uint32_t interest) {
  ADAPM_ASSERT(!table_.get(key).here());
  Slot& slot = segments_.own(place);
  {
    const SlotLock lock(slot);
    open_slot(slot, key, Role::replica, interest, values);
    give_snapshot(slot, layout_.length(key));
  }
  table_.set(key, Location::replica(owner, place));
  ++counters_.replicas_set_up;
  ++counters_.replicas_held;
}

template <class V>
void ValueStore<V>::promote(Key key, const std::byte* values) {
  const Location location = table_.get(key);
  Slot& slot = segments_.own(location.place());
  const SlotLock lock(slot);
  ADAPM_ASSERT(slot.role() == Role::replica);
  rebase(lock, slot, values, layout_.length(key));
  take_snapshot(slot);
  slot.set_role(Role::owner);
  table_.set(key, Location::owner(table_.rank(), location.place()));
  ++counters_.moves_in;
  ++counters_.owned_keys;
  counters_.replicas_held.subtract(1);
}

template <class V>
void ValueStore<V>::free_slot(SlotLock& lock, Key key, Slot& slot, SlotPlace place) {
  lock.clear_dirty();
  slot.key.store(Slot::no_key, std::memory_order_relaxed);
  slot.state.store(static_cast<std::uint32_t>(Role::free), std::memory_order_relaxed);
  allocator_.free(place, slot_bytes(key));
}

template <class V>
std::uint32_t ValueStore<V>::move_out(Key key, int target, base::Bytes& out) {
  const Location location = table_.get(key);
  Slot& slot = segments_.own(location.place());
  SlotLock lock(slot);
  ADAPM_ASSERT(slot.role() == Role::owner);
  drop_holders(key);
  const std::uint32_t interest = slot.interest();
  tell_watcher(key, slot.values<V>());
  append(key, slot.values<V>(), out);
  table_.set(key, Location::elsewhere(target));
  free_slot(lock, key, slot, location.place());
  ++counters_.moves_out;
  counters_.owned_keys.subtract(1);
  return interest;
}

template <class V>
void ValueStore<V>::tell_watcher(Key key, const V* value) {
  if (watcher_.load(std::memory_order_relaxed) == nullptr) return;
  const base::MutexLock lock(watcher_mutex_);
  if (DepartureWatcher<V>* const watcher = watcher_.load(std::memory_order_relaxed)) watcher->leaves(key, value);
}

template <class V>
Holders& ValueStore<V>::make_holders(Slot& slot) {
  auto* holders = static_cast<Holders*>(slot.companion.load(std::memory_order_relaxed));
  if (holders == nullptr) {
    holders = new Holders();
    slot.companion.store(holders, std::memory_order_relaxed);
  }
  return *holders;
}

template <class V>
void ValueStore<V>::add_replica(Key key, int rank) {
  Slot& slot = this->slot(key);
  if (!slot.has_replicas()) {
    SlotLock lock(slot);  // a push either is in the value that the holder will be sent, or sees the bit
    lock.keep();
    slot.set_has_replicas(true);
  }
  make_holders(slot).replicas.push_back(rank);
}

template <class V>
void ValueStore<V>::add_sharer(Key key, int rank) {
  make_holders(slot(key)).sharers.push_back(rank);
}

template <class V>
void ValueStore<V>::remove_holder(Key key, int rank) {
  Holders* const holders = this->holders(key);
  ADAPM_ASSERT(holders != nullptr);
  const auto erased = std::erase(holders->replicas, rank) + std::erase(holders->sharers, rank);
  ADAPM_ASSERT(erased == 1);
  if (holders->replicas.empty()) slot(key).set_has_replicas(false);
}

template <class V>
void ValueStore<V>::drop_holders(Key key) {
  Slot& slot = this->slot(key);
  delete holders(key);
  slot.companion.store(nullptr, std::memory_order_relaxed);
  slot.set_has_replicas(false);
}

template <class V>
bool ValueStore<V>::begin_release(Key key, base::Bytes& out) {
  Slot& slot = this->slot(key);
  SlotLock lock(slot);
  lock.keep();
  ADAPM_ASSERT(slot.role() == Role::replica);
  const bool changed = lock.is_dirty();
  if (changed) append_update(slot, key, out);
  take_snapshot(slot);
  lock.clear_dirty();
  slot.set_role(Role::releasing);
  return changed;
}

template <class V>
void ValueStore<V>::finish_release(Key key) {
  const Location location = table_.get(key);
  Slot& slot = segments_.own(location.place());
  SlotLock lock(slot);
  ADAPM_ASSERT(slot.role() == Role::releasing);
  table_.set(key, Location::elsewhere(location.rank()));
  free_slot(lock, key, slot, location.place());
  ++counters_.replicas_dropped;
  counters_.replicas_held.subtract(1);
}

template <class V>
bool ValueStore<V>::extract_update(Key key, double threshold, base::Bytes& out) {
  Slot& slot = this->slot(key);
  SlotLock lock(slot);
  lock.keep();
  ADAPM_ASSERT(slot.role() == Role::replica);
  const std::size_t begin = out.size();
  append_update(slot, key, out);
  if (threshold > 0 && norm(reinterpret_cast<const V*>(out.data() + begin), layout_.length(key)) < threshold) {
    out.shrink(begin);
    return false;
  }
  lock.clear_dirty();
  return true;
}

template <class V>
void ValueStore<V>::refresh(Key key, const std::byte* values) {
  Slot& slot = this->slot(key);
  const SlotLock lock(slot);
  ADAPM_ASSERT(slot.role() == Role::replica);
  rebase(lock, slot, values, layout_.length(key));
}

template <class V>
void ValueStore<V>::merge(Key key, const std::byte* update) {
  Slot& slot = this->slot(key);
  const SlotLock lock(slot);
  ADAPM_ASSERT(slot.role() == Role::owner);
  base::add_in(slot.values<V>(), reinterpret_cast<const V*>(update), layout_.length(key));
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
  Slot& slot = this->slot(key);
  SlotLock lock(slot);
  lock.keep();
  if (!lock.is_dirty()) set_dirty(lock, slot, key, layout_.length(key), dirty);
}

template <class V>
bool ValueStore<V>::clear_dirty(Key key) {
  Slot& slot = this->slot(key);
  SlotLock lock(slot);
  lock.keep();
  const bool was = lock.is_dirty();
  lock.clear_dirty();
  return was;
}

template class ValueStore<float>;
template class ValueStore<double>;
template class ValueStore<std::int64_t>;

}  // namespace adapm::store
