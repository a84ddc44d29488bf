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
      : layout_(layout), table_(table), counters_(counters), segments_(table.rank(), table.num_ranks()) {}
  ~ValueStore();
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  [[nodiscard]] const ValueLayout& layout() const { return layout_; }
  /// Bytes of window memory for the keys whose home is a rank, by rank; where a segment cannot have so many, just more
  /// than it can.
  static std::vector<std::size_t> home_bytes(const ValueLayout& layout, int num_ranks);

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
  /// Gets the slot that a key is, or was seen, in on its way into the cache.
  template <Use use = Use::reading>
  void prefetch(Key key) const;
  /// The slot, not yet the key's, that it will be installed in.
  void prefetch_place(Key key, SlotPlace place) const {
    prefetch<Use::writing>(&segments_.own(place), layout_.length(key));
  }
  /// The part of the header that counts the intents.
  void prefetch_state(Key key) const {
    const Location location = table_.get(key);
    if (location.here()) __builtin_prefetch(&segments_.own(location.place()).state);
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
  [[nodiscard]] std::size_t slot_bytes(Key key) const { return store::slot_bytes(layout_.length(key) * sizeof(V)); }
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
  /// The copy that `location` names, for which a change means something to other ranks, is about to be changed. The
  /// owner of a neighbour's main copy learns of it with the next round's questions: its marks and lists are its own.
  void note_change(SlotLock& lock, Slot& slot, Key key, Location location, DirtyList& dirty) {
    if (!location.here()) return dirty.put(key, location.rank());
    if (!lock.is_dirty()) set_dirty(lock, slot, key, layout_.length(key), dirty);
  }
  /// The slot holds the copy that `location` means: a replica of this rank's, else the main copy.
  [[nodiscard]] static bool holds(const Slot& slot, Key key, Location location) {
    return slot.key.load(std::memory_order_relaxed) == key &&
           (slot.role() == Role::owner || location.presence() == Presence::replica);
  }
  /// The copy was not where `location` said. Whether the table says where it is now, or will as soon as a round is over.
  [[nodiscard]] bool look_again(Key key, Location location) const {
    if (location.presence() == Presence::nearby) table_.forget_place(key, location);
    return location.at_hand();
  }
  enum class Read { done, disturbed, not_there };
  Read read(const Slot& slot, Key key, Location location, V* to) const;
  [[gnu::noinline]] Presence pull_again(Key key, V* to) const;
  template <class Change>
  std::optional<Presence> change(Slot& slot, Key key, Location location, DirtyList& dirty, Change change);
  enum class Copy { any, main };
  template <Copy copy, class Change>
  Presence try_change(Key key, DirtyList& dirty, Change change);
  template <Copy copy, class Change>
  [[gnu::noinline]] Presence change_again(Key key, Location location, DirtyList& dirty, Change change);
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

/// One attempt.
template <class V>
inline typename ValueStore<V>::Read ValueStore<V>::read(const Slot& slot, Key key, Location location, V* to) const {
  const std::uint32_t before = slot.sequence.load(std::memory_order_acquire);
  if ((before & Slot::locked_bit) != 0) return Read::disturbed;
  if (!holds(slot, key, location)) return Read::not_there;
  base::copy_out(to, slot.values<V>(), layout_.length(key));
  return base::reload_after_copy(slot.sequence) == before ? Read::done : Read::disturbed;
}

template <class V>
Presence ValueStore<V>::try_pull(Key key, V* to) const {
  const Location location = table_.get(key);
  const Slot* const slot = segments_.at(location);
  if (slot != nullptr && read(*slot, key, location, to) == Read::done) return location.presence();
  return pull_again(key, to);
}

/// What try_pull does if it does not succeed at once: out of its way.
template <class V>
Presence ValueStore<V>::pull_again(Key key, V* to) const {
  for (Backoff backoff;; backoff.pause()) {
    const Location location = table_.get(key);
    const Slot* const slot = segments_.at(location);
    const Read outcome = slot == nullptr ? Read::not_there : read(*slot, key, location, to);
    if (outcome == Read::done) return location.presence();
    if (outcome == Read::not_there && !look_again(key, location)) return Presence::elsewhere;
  }
}

/// Nothing: the slot holds no such copy, or no longer. Elsewhere: the copy is being released.
template <class V>
template <class Change>
inline std::optional<Presence> ValueStore<V>::change(Slot& slot, Key key, Location location, DirtyList& dirty,
                                                     Change change) {
  SlotLock lock(slot);
  if (!holds(slot, key, location)) {
    lock.keep();
    return std::nullopt;
  }
  if (!slot.is_unreplicated()) {
    if (slot.role() == Role::releasing) {
      lock.keep();
      return Presence::elsewhere;
    }
    note_change(lock, slot, key, location, dirty);
  }
  change(slot.values<V>());
  return location.presence();
}

template <class V>
template <typename ValueStore<V>::Copy copy, class Change>
Presence ValueStore<V>::try_change(Key key, DirtyList& dirty, Change change) {
  const Location location = table_.get(key);
  if (copy == Copy::main && location.presence() == Presence::replica) return Presence::elsewhere;
  Slot* const slot = segments_.at(location);
  const auto found = slot == nullptr ? std::nullopt : this->change(*slot, key, location, dirty, change);
  return found ? *found : change_again<copy>(key, location, dirty, change);
}

/// What try_change does if the copy is not where `location` says: out of its way.
template <class V>
template <typename ValueStore<V>::Copy copy, class Change>
Presence ValueStore<V>::change_again(Key key, Location location, DirtyList& dirty, Change change) {
  for (Backoff backoff; look_again(key, location); backoff.pause()) {
    location = table_.get(key);
    if (copy == Copy::main && location.presence() == Presence::replica) break;
    Slot* const slot = segments_.at(location);
    const auto found = slot == nullptr ? std::nullopt : this->change(*slot, key, location, dirty, change);
    if (found) return *found;
  }
  return Presence::elsewhere;
}

template <class V>
Presence ValueStore<V>::try_push(Key key, const V* update, DirtyList& dirty) {
  return try_change<Copy::any>(key, dirty, [&](V* value) { base::add_in(value, update, layout_.length(key)); });
}

template <class V>
bool ValueStore<V>::try_pull_neighbour(int rank, SlotPlace place, Key key, V* to) const {
  const Location location = Location::nearby(rank, place);
  const Slot* const slot = segments_.at(location);
  if (slot == nullptr) return false;
  for (Backoff backoff;; backoff.pause()) {
    const Read outcome = read(*slot, key, location, to);
    if (outcome != Read::disturbed) return outcome == Read::done;
  }
}

template <class V>
template <class Change>
bool ValueStore<V>::change_neighbour(int rank, SlotPlace place, Key key, DirtyList& dirty, Change change) {
  const Location location = Location::nearby(rank, place);
  Slot* const slot = segments_.at(location);
  return slot != nullptr && this->change(*slot, key, location, dirty, change).has_value();
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
  if (const Slot* const slot = segments_.at(table_.get(key))) prefetch<use>(slot, layout_.length(key));
}

template <class V>
template <Use use>
void ValueStore<V>::prefetch(const Slot* slot, std::size_t length) {
  constexpr std::size_t line_bytes = 64;
  const auto* const begin = reinterpret_cast<const char*>(slot);
  const std::size_t bytes = std::min(sizeof(Slot) + length * sizeof(V), 10 * line_bytes);
  for (std::size_t offset = 0; offset < bytes; offset += line_bytes) base::prefetch<use>(begin + offset);
  // A slot begins anywhere in a line, so its end may be in one more. Always: a branch on it would be foreseen badly.
  base::prefetch<use>(begin + bytes - 1);
}

extern template class ValueStore<float>;
extern template class ValueStore<double>;
extern template class ValueStore<std::int64_t>;

}  // namespace adapm::store
