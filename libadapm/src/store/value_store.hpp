// What is a key's value here? The main copies and replicas of one rank, with one function per transition of a key.
//
// Threads: accesses and prefetches may be called by any thread; all transitions by the progress thread only. A key's
// location word is its copy's lock (key_lock.hpp): to move the copy is to unlock the word with another place in it.
// A place may be filled again, even with the same key's value, after a reader has seen it in a word; so the generation
// advances between the freeing of slots and the next filling of one.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

#include "adapm/value_layout.hpp"
#include "base/bytes.hpp"
#include "base/mutex.hpp"
#include "base/prefetch.hpp"
#include "base/racing_copy.hpp"
#include "directory/location_table.hpp"
#include "stats/counters.hpp"
#include "store/copy_access.hpp"
#include "store/departure_watcher.hpp"
#include "store/dirty_list.hpp"
#include "store/fixed_access.hpp"
#include "store/holders.hpp"
#include "store/key_lock.hpp"
#include "store/key_states.hpp"
#include "store/replica_memory.hpp"
#include "store/slot_memory.hpp"

namespace adapm::store {

template <class V>
class ValueStore {
 public:
  ValueStore(const ValueLayout& layout, LocationTable& table, stats::ProgressCounters& counters)
      : layout_(layout), table_(table), counters_(counters), segments_(table.rank(), table.num_ranks()) {}
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  [[nodiscard]] const ValueLayout& layout() const { return layout_; }
  /// Bytes of window memory for the keys whose home is a rank, by rank; where a segment cannot have so many, just more
  /// than it can.
  static std::vector<std::size_t> home_bytes(const ValueLayout& layout, int num_ranks);

  // --- any thread ----------------------------------------------------------------------------------------------

  /// What accesses the keys if they never move.
  [[nodiscard]] std::optional<FixedAccess<V>> fixed_access() const {
    if (!fixed_places_) return std::nullopt;
    return FixedAccess<V>(*fixed_places_, table_.rank(), layout_);
  }
  /// Calls f(access) with a CopyAccess to the keys that are at hand. Requires that there is no fixed access.
  template <class F>
  [[gnu::always_inline]] decltype(auto) with_access(F&& f) const {
    if (const std::uint32_t* const lengths = layout_.lengths())
      return f(CopyAccess<V, LengthOfKey, Reach::neighbours>(table_, segments_, {lengths}));
    const UniformLength length{layout_.length(0)};
    if (table_.has_neighbours()) return f(CopyAccess<V, UniformLength, Reach::neighbours>(table_, segments_, length));
    return f(CopyAccess<V, UniformLength, Reach::own>(table_, segments_, length));
  }
  // One key; see CopyAccess.
  Presence try_pull(Key key, V* to) const;
  Presence try_push(Key key, const V* update, DirtyList& dirty) const;
  Presence try_set(Key key, const V* value, DirtyList& dirty) const;
  bool try_pull_neighbour(int rank, Key key, V* to) const;
  bool try_push_neighbour(int rank, Key key, const V* update, DirtyList& dirty) const;
  bool try_set_neighbour(int rank, Key key, const V* value, DirtyList& dirty) const;
  /// Gets the slot that a key is, or was seen, in on its way into the cache.
  template <Use use = Use::reading>
  void prefetch(Key key) const {
    if (const auto access = fixed_access()) return access->template prefetch<use>(key);
    with_access([key](const auto& access) { access.template prefetch<use>(key); });
  }
  /// The slot, not yet the key's, that it will be installed in.
  void prefetch_place(Key key, SlotPlace place) const {
    base::prefetch_range<Use::writing>(segments_.own(place), layout_.length(key) * sizeof(V));
  }

  /// From now on `watcher` sees main copies before they leave; null: nobody does. On return the one before sees none.
  void watch_departures(DepartureWatcher<V>* watcher) {
    const base::MutexLock lock(watcher_mutex_);
    watcher_.store(watcher, std::memory_order_relaxed);
  }

  // --- progress thread: looking ---------------------------------------------------------------------------------

  /// Of a key that is here. Requires table.get(key).here().
  [[nodiscard]] V* value(Key key) const { return own_value(table_.get(key)); }
  /// Replica: what its value would be without the updates not yet sent; means something while it is dirty.
  [[nodiscard]] V* snapshot(const V* replica) const {
    return reinterpret_cast<V*>(
        segments_.own(ReplicaMemory::reserved_slot(reinterpret_cast<const std::byte*>(replica))));
  }
  /// The rank that has the main copy, as far as this one knows.
  [[nodiscard]] int owner(Key key) const {
    const Location location = table_.get(key);
    if (!location.here()) return location.rank();
    return location.presence() == Presence::owner ? table_.rank() : ReplicaMemory::owner(bytes_at(location));
  }
  /// Replica: its updates are to be added up on their way.
  [[nodiscard]] bool is_hot(Key key) const { return ReplicaMemory::is_hot(bytes_at(table_.get(key))); }
  /// Main copy: who holds replicas or shares it; null if nobody does.
  [[nodiscard]] Holders* holders(Key key) const {
    const KeyState* const state = states_.find(key);
    return state == nullptr ? nullptr : state->holders.get();
  }
  /// Live local intents on a key that is at hand.
  [[nodiscard]] std::uint32_t interest(Key key) const;
  [[nodiscard]] SlotAllocator& allocator() { return allocator_; }
  [[nodiscard]] std::size_t slot_bytes(Key key) const { return store::slot_bytes(layout_.length(key) * sizeof(V)); }
  /// Bytes of the key's value in a message: padded, so that everything in a message is 8-byte aligned.
  [[nodiscard]] std::size_t wire_bytes(Key key) const { return (layout_.length(key) * sizeof(V) + 7) / 8 * 8; }
  [[nodiscard]] const SegmentMap& segments() const { return segments_; }
  /// Counts the memory that slots, replicas and what is known of keys take by now.
  void count_memory();

  // --- progress thread: transitions, each on one key -------------------------------------------------------------

  void add_segment(const port::Region& region);
  /// All ranks share one memory, and keys will stay where they are created, at their homes: they are locked by `locks`.
  /// After the first segment was added, before anything is created.
  void fix_places(const LockTable& locks);
  /// Nothing -> main copy with value zero (construction).
  void create(Key key);
  /// Nothing -> the main copy in slot `place` of `rank`, a neighbour, is used, with `interest` live local intents.
  void share(Key key, int rank, SlotPlace place, std::uint32_t interest);
  /// Shared -> nearby.
  void unshare(Key key);
  /// Nothing -> main copy in `place`, with `interest` live local intents.
  void install_owner(Key key, SlotPlace place, const std::byte* values, std::uint32_t interest);
  /// Nothing -> replica of the copy at `owner`; `place` is kept for the case that it becomes the main copy.
  void install_replica(Key key, SlotPlace place, const std::byte* values, int owner, std::uint32_t interest);
  /// Replica -> main copy; updates not yet sent stay in the value.
  void promote(Key key, const std::byte* values);
  /// Main copy -> gone to `target`: appends the value to `out`. Returns the live local intents it had.
  std::uint32_t move_out(Key key, int target, base::Bytes& out);
  /// At hand: one live local intent more, or less; returns how many are left.
  void add_interest(Key key);
  std::uint32_t drop_interest(Key key);
  /// Replica: the main copy has moved.
  void note_owner(Key key, int owner);
  /// Main copy: registers the holder of a replica. A push from now on puts the key on a dirty list.
  void add_replica(Key key, int rank);
  /// Main copy: registers a neighbour that shares it.
  void add_sharer(Key key, int rank);
  /// Main copy: forgets a holder or sharer.
  void remove_holder(Key key, int rank);
  /// Main copy: forgets that it has ever had holders. Requires that there are none any more.
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
  /// Replica: takes over the main copy's value; updates not yet sent stay on top. `is_hot`: see is_hot().
  void refresh(Key key, const std::byte* values, bool is_hot = false);
  /// Main copy: adds a replica's update.
  void merge(Key key, const std::byte* update);
  /// Any copy: appends the value to `out`.
  void append_value(Key key, base::Bytes& out) const;
  /// Any copy: the key is no longer on a dirty list. Returns whether it was.
  bool clear_dirty(Key key);

 private:
  [[nodiscard]] std::byte* bytes_at(Location location) const { return segments_.own(location.place()); }
  [[nodiscard]] V* own_value(Location location) const { return reinterpret_cast<V*>(bytes_at(location)); }
  [[nodiscard]] directory::RankWords own_words() const { return table_.words_of(table_.rank()); }
  void fill(V* slot, const std::byte* values, std::size_t length);
  [[nodiscard]] Location with_interest(Location location, Key key, std::uint32_t interest);
  void forget_if_idle(Key key);
  Holders& make_holders(Key key);
  /// Replica, locked: appends updates not yet sent.
  void append_update(const V* value, Key key, base::Bytes& out) const {
    base::difference(reinterpret_cast<V*>(out.extend(wire_bytes(key))), value, snapshot(value), layout_.length(key));
  }
  /// Replica, locked: puts `values` under the updates not yet sent.
  void rebase(const KeyLock& lock, V* value, const std::byte* values, std::size_t length) {
    const V* const next = reinterpret_cast<const V*>(values);
    if (!lock.location().is_dirty()) return base::copy_in(value, next, length);
    base::rebase(value, snapshot(value), next, length);
  }
  void append(Key key, const V* values, base::Bytes& out) const;
  void tell_watcher(Key key, const V* value);

  const ValueLayout layout_;
  LocationTable& table_;
  stats::ProgressCounters& counters_;
  SegmentMap segments_;
  std::optional<FixedPlaces> fixed_places_;
  SlotAllocator allocator_;  // of window memory
  ReplicaMemory replica_memory_{segments_};
  KeyStates states_;
  bool slots_were_freed_ = false;  // since the generation advanced
  std::size_t counted_memory_bytes_ = 0;
  base::Mutex watcher_mutex_;  // held while the watcher is told
  std::atomic<DepartureWatcher<V>*> watcher_{nullptr};
};

extern template class ValueStore<float>;
extern template class ValueStore<double>;
extern template class ValueStore<std::int64_t>;

}  // namespace adapm::store
