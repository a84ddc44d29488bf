// What is a key's value here? The main copies and replicas of one rank, with one function per transition of a key.
//
// Threads: accesses and prefetches may be called by any thread; all transitions by the progress thread only. The
// location table is changed inside the slot's lock, so that whoever finds a slot with another key in it also finds
// the table changed.
//
// Main copies of neighbours (ranks of the same host) are read and written where they are, under their slot's lock.
// A main copy knows no difference between the workers of its own rank and those of its neighbours, but for the list
// on which a change is noted.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "adapm/value_layout.hpp"
#include "base/bytes.hpp"
#include "base/mutex.hpp"
#include "base/prefetch.hpp"
#include "base/racing_copy.hpp"
#include "directory/location_table.hpp"
#include "stats/counters.hpp"
#include "store/departure_watcher.hpp"
#include "store/dirty_list.hpp"
#include "store/holders.hpp"
#include "store/slot.hpp"
#include "store/slot_memory.hpp"

namespace adapm::store {

using directory::Location;
using directory::LocationTable;
using directory::Presence;

using base::Use;

template <class V>
class ValueStore {
 public:
  ValueStore(const ValueLayout& layout, LocationTable& table, stats::ProgressCounters& counters)
      : layout_(layout), table_(table), counters_(counters), segments_(table.num_ranks()) {}
  ~ValueStore();
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  [[nodiscard]] const ValueLayout& layout() const { return layout_; }
  /// Bytes of window memory for the keys whose home is this rank.
  static std::size_t home_bytes(const ValueLayout& layout, int rank, int num_ranks);

  // --- any thread ----------------------------------------------------------------------------------------------

  /// Copies the value of `key` to `to` if it is at hand. Returns where it was found; elsewhere: nothing was copied.
  Presence try_pull(Key key, V* to) const;
  /// Adds to the copy that is at hand, unless there is none or it is being released.
  Presence try_push(Key key, const V* update, DirtyList& dirty);
  /// Replaces the main copy's value if that is at hand; else, also if there is a replica, returns elsewhere.
  Presence try_set(Key key, const V* value, DirtyList& dirty);
  /// The same with the main copy in slot `place` of `rank`, a neighbour. False if it is not, or no longer, there.
  bool try_pull_neighbour(int rank, SlotPlace place, Key key, V* to) const;
  bool try_push_neighbour(int rank, SlotPlace place, Key key, const V* update, DirtyList& dirty);
  bool try_set_neighbour(int rank, SlotPlace place, Key key, const V* value, DirtyList& dirty);
  /// Gets the slot that a key is, or was seen, in on its way into the cache, all of it or, if it is here, its header.
  template <Use use = Use::reading>
  void prefetch(Key key) const;
  /// The slot, not yet the key's, that it will be installed in.
  void prefetch_place(Key key, SlotPlace place) const {
    prefetch<Use::writing>(&segments_.own(place), layout_.length(key));
  }
  void prefetch_header(Key key) const {
    const Location location = table_.get(key);
    if (location.here()) __builtin_prefetch(&segments_.own(location.place()));
  }

  /// From now on `watcher` sees main copies before they leave; null: nobody does. On return the one before sees none.
  void watch_departures(DepartureWatcher<V>* watcher) {
    const base::MutexLock lock(watcher_mutex_);
    watcher_.store(watcher, std::memory_order_relaxed);
  }

  // --- progress thread: looking ---------------------------------------------------------------------------------

  /// Requires table.get(key).here().
  [[nodiscard]] Slot& slot(Key key) const { return segments_.own(table_.get(key).place()); }
  /// Replica: what its value would be without the updates not yet sent; means something while the slot is dirty.
  [[nodiscard]] static V* snapshot(Slot& slot) {
    return static_cast<V*>(slot.companion.load(std::memory_order_relaxed));
  }
  /// Main copy: who holds replicas or shares it; null if nobody does. Requires table.get(key) to say that it is here.
  [[nodiscard]] Holders* holders(Key key) const {
    Slot& slot = this->slot(key);
    return slot.role() == Role::owner ? static_cast<Holders*>(slot.companion.load(std::memory_order_relaxed)) : nullptr;
  }
  [[nodiscard]] SlotAllocator& allocator() { return allocator_; }
  [[nodiscard]] std::uint32_t lines(Key key) const { return slot_lines(layout_.length(key) * sizeof(V)); }
  /// Bytes of the key's value in a message: padded, so that everything in a message is 8-byte aligned.
  [[nodiscard]] std::size_t wire_bytes(Key key) const { return (layout_.length(key) * sizeof(V) + 7) / 8 * 8; }
  [[nodiscard]] const SegmentMap& segments() const { return segments_; }

  // --- progress thread: transitions, each on one key -------------------------------------------------------------

  void add_segment(const port::Region& region);
  /// Nothing -> main copy with value zero (construction).
  void create(Key key);
  /// Nothing -> the main copy in slot `place` of `rank`, a neighbour, is used.
  void share(Key key, int rank, SlotPlace place) {
    table_.set(key, Location::shared(rank, place));
    ++counters_.shares_held;
  }
  /// Nothing -> main copy in `place`, with `interest` live local intents.
  void install_owner(Key key, SlotPlace place, const std::byte* values, std::uint32_t interest);
  /// Nothing -> replica of the copy at `owner`.
  void install_replica(Key key, SlotPlace place, const std::byte* values, int owner, std::uint32_t interest);
  /// Replica -> main copy; updates not yet sent stay in the value.
  void promote(Key key, const std::byte* values);
  /// Main copy -> gone to `target`: appends the value to `out`. Returns the live local intents it had.
  std::uint32_t move_out(Key key, int target, base::Bytes& out);
  /// Main copy: registers the holder of a replica. A push from now on puts the key on a dirty list.
  void add_replica(Key key, int rank);
  /// Main copy: registers a neighbour that shares it.
  void add_sharer(Key key, int rank);
  /// Main copy: forgets a holder or sharer.
  void remove_holder(Key key, int rank);
  /// Main copy: forgets that it has ever had holders.
  void drop_holders(Key key);
  /// Replica -> releasing: appends updates not yet sent to `out`. Returns whether there were any.
  bool begin_release(Key key, base::Bytes& out);
  /// Releasing -> gone.
  void finish_release(Key key);
  /// Replica: appends updates not yet sent to `out` and forgets them, if their L2 norm is at least `threshold`.
  /// Returns whether it did; then the key is no longer on a dirty list.
  bool extract_update(Key key, double threshold, base::Bytes& out);
  /// Any copy: puts the key on `dirty` if it is not on a list.
  void mark_dirty(Key key, DirtyList& dirty);
  /// Replica: takes over the main copy's value; updates not yet sent stay on top.
  void refresh(Key key, const std::byte* values);
  /// Main copy: adds a replica's update.
  void merge(Key key, const std::byte* update);
  /// Any copy: appends the value to `out`.
  void append_value(Key key, base::Bytes& out) const;
  /// Any copy: the key is no longer on a dirty list. Returns whether it was.
  bool clear_dirty(Key key);

 private:
  template <Use use>
  static void prefetch(const Slot* slot, std::size_t length);
  void free_slot(SlotLock& lock, Key key, Slot& slot, SlotPlace place);
  void open_slot(Slot& slot, Key key, Role role, std::uint32_t interest, const std::byte* values);
  void give_snapshot(Slot& slot, std::size_t length) {
    slot.companion.store(new V[length], std::memory_order_relaxed);
  }
  void take_snapshot(Slot& slot) {
    delete[] snapshot(slot);
    slot.companion.store(nullptr, std::memory_order_relaxed);
  }
  /// The value is not yet changed.
  void set_dirty(SlotLock& lock, Slot& slot, Key key, std::size_t length, DirtyList& dirty) {
    if (slot.role() == Role::replica) std::copy_n(slot.values<V>(), length, snapshot(slot));
    lock.set_dirty();
    dirty.put(key, table_.rank());
  }
  /// Calls access(rank, place) for a key that is not here, where its location says. Nothing: look again where it is.
  template <class Access>
  std::optional<Presence> away(Key key, Location location, Access access) const {
    if (!location.has_place()) return Presence::elsewhere;
    if (access(location.rank(), location.place())) return location.presence();
    if (location.presence() == Presence::shared) return std::nullopt;
    table_.forget_place(key, location);
    return Presence::elsewhere;
  }
  Holders& make_holders(Slot& slot);
  template <class Change>
  bool change_neighbour(int rank, SlotPlace place, Key key, DirtyList& dirty, Change change);
  /// Replica, locked: appends updates not yet sent.
  void append_update(Slot& slot, Key key, base::Bytes& out) const {
    base::difference(reinterpret_cast<V*>(out.extend(wire_bytes(key))), slot.values<V>(), snapshot(slot),
                     layout_.length(key));
  }
  /// Replica, locked: puts `values` under the updates not yet sent.
  void rebase(const SlotLock& lock, Slot& slot, const std::byte* values, std::size_t length) {
    const V* const next = reinterpret_cast<const V*>(values);
    if (!lock.is_dirty()) return base::copy_in(slot.values<V>(), next, length);
    base::rebase(slot.values<V>(), snapshot(slot), next, length);
  }
  void append(Key key, const V* values, base::Bytes& out) const;
  void tell_watcher(Key key, const V* value);

  const ValueLayout layout_;
  LocationTable& table_;
  stats::ProgressCounters& counters_;
  SegmentMap segments_;
  SlotAllocator allocator_;
  base::Mutex watcher_mutex_;  // held while the watcher is told
  std::atomic<DepartureWatcher<V>*> watcher_{nullptr};
};

template <class V>
Presence ValueStore<V>::try_pull(Key key, V* to) const {
  Backoff backoff;
  for (;; backoff.pause()) {
    const Location location = table_.get(key);
    if (!location.here()) {
      const auto found = away(
          key, location, [&](int rank, SlotPlace place) { return try_pull_neighbour(rank, place, key, to); });
      if (found) return *found;
      continue;
    }
    const Slot& slot = segments_.own(location.place());
    const std::uint32_t before = slot.sequence.load(std::memory_order_acquire);
    if ((before & Slot::locked_bit) != 0 || slot.key.load(std::memory_order_relaxed) != key) continue;
    base::copy_out(to, slot.values<V>(), layout_.length(key));
    if (base::reload_after_copy(slot.sequence) == before) return location.presence();
  }
}

template <class V>
Presence ValueStore<V>::try_push(Key key, const V* update, DirtyList& dirty) {
  for (;;) {
    const Location location = table_.get(key);
    if (!location.here()) {
      const auto found = away(key, location, [&](int rank, SlotPlace place) {
        return try_push_neighbour(rank, place, key, update, dirty);
      });
      if (found) return *found;
      continue;
    }
    Slot& slot = segments_.own(location.place());
    SlotLock lock(slot);
    if (slot.key.load(std::memory_order_relaxed) != key) {
      lock.keep();
      continue;
    }
    const std::uint32_t state = slot.state.load(std::memory_order_relaxed);
    const Role role = static_cast<Role>(state & Slot::role_mask);
    if (role == Role::releasing) {
      lock.keep();
      return Presence::elsewhere;
    }
    const std::size_t length = layout_.length(key);
    if ((role == Role::replica || (state & Slot::replicas_bit) != 0) && !lock.is_dirty())
      set_dirty(lock, slot, key, length, dirty);
    base::add_in(slot.values<V>(), update, length);
    return role == Role::replica ? Presence::replica : Presence::owner;
  }
}

template <class V>
bool ValueStore<V>::try_pull_neighbour(int rank, SlotPlace place, Key key, V* to) const {
  const Slot* slot = segments_.of_rank(rank, place);
  if (slot == nullptr) return false;
  Backoff backoff;
  for (int attempt = 0; attempt < 100; ++attempt, backoff.pause()) {
    const std::uint32_t before = slot->sequence.load(std::memory_order_acquire);
    if ((before & Slot::locked_bit) != 0) continue;
    if (slot->key.load(std::memory_order_relaxed) != key || slot->role() != Role::owner) return false;
    base::copy_out(to, slot->values<V>(), layout_.length(key));
    if (base::reload_after_copy(slot->sequence) == before) return true;
  }
  return false;
}

/// The owner learns of the change with the next round's questions: its marks and lists are its own.
template <class V>
template <class Change>
bool ValueStore<V>::change_neighbour(int rank, SlotPlace place, Key key, DirtyList& dirty, Change change) {
  Slot* const slot = segments_.of_rank(rank, place);
  if (slot == nullptr) return false;
  SlotLock lock(*slot);
  if (slot->key.load(std::memory_order_relaxed) != key || slot->role() != Role::owner) {
    lock.keep();
    return false;
  }
  if (slot->has_replicas()) dirty.put(key, rank);
  change(slot->values<V>());
  return true;
}

template <class V>
bool ValueStore<V>::try_push_neighbour(int rank, SlotPlace place, Key key, const V* update, DirtyList& dirty) {
  return change_neighbour(rank, place, key, dirty, [&](V* value) { base::add_in(value, update, layout_.length(key)); });
}

template <class V>
bool ValueStore<V>::try_set_neighbour(int rank, SlotPlace place, Key key, const V* value, DirtyList& dirty) {
  return change_neighbour(rank, place, key, dirty, [&](V* to) { base::copy_in(to, value, layout_.length(key)); });
}

template <class V>
template <Use use>
void ValueStore<V>::prefetch(Key key) const {
  const Location location = table_.get(key);
  if (!location.has_place()) return;
  prefetch<use>(location.here() ? &segments_.own(location.place()) : segments_.of_rank(location.rank(), location.place()),
           layout_.length(key));
}

template <class V>
template <Use use>
void ValueStore<V>::prefetch(const Slot* slot, std::size_t length) {
  const auto* const line = reinterpret_cast<const char*>(slot);
  const std::size_t bytes = sizeof(Slot) + length * sizeof(V);
  for (std::size_t offset = 0; offset < bytes && offset < 640; offset += 64) base::prefetch<use>(line + offset);
}

extern template class ValueStore<float>;
extern template class ValueStore<double>;
extern template class ValueStore<std::int64_t>;

}  // namespace adapm::store
