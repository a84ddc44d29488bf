// Reading and changing the copies of keys that are at hand: this rank's main copies and replicas, and neighbours' main
// copies where they are, under the lock in their owner's word. A main copy knows no difference between the workers of
// its own rank and those of its neighbours, but for the list on which a change is noted.
//
// A CopyAccess is made for each call: all it has is constant, and a loop over keys keeps that in registers. So its
// functions are inlined always, and what is rare, which is out of the way, gets a copy: were its address known
// elsewhere it would have to stay in memory. Any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/prefetch.hpp"
#include "base/racing_copy.hpp"
#include "directory/location_table.hpp"
#include "store/dirty_list.hpp"
#include "store/key_lock.hpp"
#include "store/replica_memory.hpp"
#include "store/slot_memory.hpp"
#include "store/value_length.hpp"

namespace adapm::store {

using base::Use;
using directory::Location;
using directory::LocationTable;
using directory::Presence;

/// Whose copies there may be: of neighbours as well, or of this rank only. Where there may be both, they are accessed
/// by one way: a branch on whose a copy is would be foreseen badly.
enum class Reach { neighbours, own };

template <class V, class Length, Reach reach>
class CopyAccess {
 public:
  CopyAccess(LocationTable& table, const SegmentMap& segments, Length length)
      : table_(&table),
        own_(table.words_of(table.rank())),
        of_rank_(table.words_of_ranks()),
        segments_(segments.bases()),
        own_segments_(segments.bases_of(table.rank())),
        rank_(table.rank()),
        length_(length) {}

  [[nodiscard]] std::size_t length(Key key) const { return length_(key); }

  /// Copies the value of `key` to `to` if it is at hand. Returns where it was found; elsewhere: nothing was copied.
  [[gnu::always_inline]] Presence pull(Key key, V* to) const {
    const Location location = own(key);
    if (is_reachable(location) && read(key, location, to) == Read::done) [[likely]]
      return location.presence();
    return pull_again(*this, key, to);
  }
  /// Adds to the copy that is at hand, unless there is none or it is being released.
  [[gnu::always_inline]] Presence push(Key key, const V* update, DirtyList& dirty) const {
    return change<Copy::any>(key, dirty, AddIn{update, length_(key)});
  }
  /// Replaces the main copy's value if that is at hand; else, also if there is a replica, returns elsewhere.
  [[gnu::always_inline]] Presence set(Key key, const V* value, DirtyList& dirty) const {
    return change<Copy::main>(key, dirty, CopyIn{value, length_(key)});
  }
  /// The same with the main copy of `rank`, a neighbour. False if it has none, or has it no longer.
  bool pull_neighbour(int rank, Key key, V* to) const {
    const Location there = Location::nearby(rank, {});
    for (Backoff backoff;; backoff.pause()) {
      const Read outcome = read(key, there, to);
      if (outcome != Read::disturbed) return outcome == Read::done;
    }
  }
  bool push_neighbour(int rank, Key key, const V* update, DirtyList& dirty) const {
    const Location there = Location::nearby(rank, {});
    return change_at<Copy::main>(key, there, dirty, AddIn{update, length_(key)}) != not_there;
  }
  bool set_neighbour(int rank, Key key, const V* value, DirtyList& dirty) const {
    const Location there = Location::nearby(rank, {});
    return change_at<Copy::main>(key, there, dirty, CopyIn{value, length_(key)}) != not_there;
  }

  /// Gets the key's word on its way into the cache, and some time after that the slot that it names.
  template <Use use>
  [[gnu::always_inline]] void prefetch_word(Key key) const {
    base::prefetch<use>(&own_[key]);
  }
  template <Use use>
  [[gnu::always_inline]] void prefetch(Key key) const {
    const Location location = own(key);
    if (!is_reachable(location)) return;
    const int rank = rank_of_place(location);
    if constexpr (reach == Reach::neighbours) base::prefetch<use>(&words_of(rank)[key]);
    const V* const value = value_at(rank, location);
    if (reach == Reach::own || value != nullptr) base::prefetch_range<use>(value, length_(key) * sizeof(V));
  }

  /// Whoever has the lock: puts a copy of this rank on a dirty list. Its value is not yet changed.
  void set_dirty(KeyLock& lock, const V* value, Key key, DirtyList& dirty) const {
    if (lock.location().presence() == Presence::replica) base::copy_in(snapshot(value), value, length_(key));
    lock.set_dirty();
    dirty.put(key, rank_);
  }
  /// Of a replica: what its value would be without the updates not yet sent; means something while it is dirty.
  [[nodiscard]] V* snapshot(const V* replica) const {
    const SlotPlace slot = ReplicaMemory::reserved_slot(reinterpret_cast<const std::byte*>(replica));
    return reinterpret_cast<V*>(own_segments_.seen_at(Location::owner(slot)));
  }

 private:
  enum class Read { done, disturbed, not_there };
  enum class Copy { any, main };
  /// What a change returns if there is no such copy, or no longer. (An optional would be put together in memory.)
  static constexpr Presence not_there{7};

  [[nodiscard]] Location own(Key key) const { return Location(own_[key].load(std::memory_order_acquire)); }
  /// There seems to be a copy in reach.
  [[nodiscard]] static bool is_reachable(Location location) {
    return reach == Reach::own ? location.here() : location.has_place();
  }
  [[nodiscard]] int rank_of_place(Location location) const {
    return reach == Reach::own ? rank_ : location.rank_of_place(rank_);
  }
  [[nodiscard]] directory::RankWords words_of(int rank) const { return reach == Reach::own ? own_ : of_rank_[rank]; }
  /// Null if this process does not see that rank's segment yet; of its own it sees all.
  [[nodiscard]] V* value_at(int rank, Location location) const {
    return reinterpret_cast<V*>(reach == Reach::own ? own_segments_.seen_at(location) : segments_.at(rank, location));
  }

  /// `now` is the word of a copy that may be read where `seen` led to it: of neighbours only main copies.
  [[nodiscard]] static bool readable(Location now, Location seen) {
    return now.here() && (seen.here() || now.presence() == Presence::owner);
  }
  /// The copy was not where `seen` said. Whether the table says where it is now, or will as soon as a round is over.
  [[nodiscard]] bool look_again(Key key, Location seen) const {
    if (seen.presence() == Presence::nearby) table_->forget_place(key, seen);
    return seen.at_hand();
  }

  /// One attempt. Requires is_reachable(seen).
  [[gnu::always_inline]] Read read(Key key, Location seen, V* to) const {
    const int rank = rank_of_place(seen);
    const directory::RankWords words = words_of(rank);
    // Acquire: a word seen after this is not from before what made the generation advance.
    const std::uint64_t generation = words.generation().load(std::memory_order_acquire);
    const Location now(words[key].load(std::memory_order_acquire));
    if (!now.is_stable_owner()) [[unlikely]] {
      if (!readable(now, seen)) return Read::not_there;
      if (now.is_locked()) return Read::disturbed;
    }
    const V* const value = value_at(rank, now);
    if (reach == Reach::neighbours && value == nullptr) [[unlikely]]
      return Read::not_there;
    base::copy_out(to, value, length_(key));
    const bool unchanged = base::reload_after_copy(words[key]) == now.word() &&
                           words.generation().load(std::memory_order_relaxed) == generation;
    return unchanged ? Read::done : Read::disturbed;
  }
  [[gnu::noinline]] static Presence pull_again(CopyAccess self, Key key, V* to) {
    for (Backoff backoff;; backoff.pause()) {
      const Location location = self.own(key);
      const Read outcome = is_reachable(location) ? self.read(key, location, to) : Read::not_there;
      if (outcome == Read::done) return location.presence();
      if (outcome == Read::not_there && !self.look_again(key, location)) return Presence::elsewhere;
    }
  }

  // What is done to a value.
  struct AddIn {
    const V* update;
    std::size_t length;
    [[gnu::always_inline]] void operator()(V* value) const { base::add_in(value, update, length); }
  };
  struct CopyIn {
    const V* from;
    std::size_t length;
    [[gnu::always_inline]] void operator()(V* value) const { base::copy_in(value, from, length); }
  };

  /// Nobody is changing the copy, and nobody needs to be told that it will be changed: no other rank wants to know, or
  /// it is on a list already.
  template <Copy copy>
  [[nodiscard]] static bool may_change_at_once(Location now, Location seen) {
    if (now.is_stable_owner()) return !now.is_watched() || (now.is_dirty() && seen.here());
    return copy == Copy::any && now.is_stable_replica() && now.is_dirty() && seen.here();
  }
  /// Elsewhere: it may not be changed here. Requires is_reachable(seen).
  template <Copy copy, class Change>
  [[gnu::always_inline]] Presence change_at(Key key, Location seen, DirtyList& dirty, Change change) const {
    const int rank = rank_of_place(seen);
    directory::LocationWord& word = words_of(rank)[key];
    const Location now(word.load(std::memory_order_relaxed));
    if (may_change_at_once<copy>(now, seen)) [[likely]] {
      V* const value = value_at(rank, now);
      if ((reach == Reach::own || value != nullptr) && try_lock(word, now)) [[likely]] {
        change(value);
        unlock(word, after_change(words_of(rank), now));
        return seen.presence();
      }
    }
    return change_carefully<copy>(*this, key, seen, dirty, change);
  }
  /// What change_at does if the copy may not be changed at once.
  template <Copy copy, class Change>
  [[gnu::noinline]] static Presence change_carefully(CopyAccess self, Key key, Location seen, DirtyList& dirty,
                                                     Change change) {
    const int rank = self.rank_of_place(seen);
    KeyLock lock(self.words_of(rank), key);
    if (!lock.is_held() || !readable(lock.location(), seen)) return not_there;
    V* const value = self.value_at(rank, lock.location());
    if (value == nullptr) return not_there;
    if (lock.location().presence() == Presence::releasing) return Presence::elsewhere;
    if (copy == Copy::main && lock.location().presence() != Presence::owner) return Presence::elsewhere;
    if (lock.location().is_watched()) self.note_change(lock, value, key, seen, dirty);
    lock.value_changes();
    change(value);
    return seen.presence();
  }
  template <Copy copy, class Change>
  [[gnu::always_inline]] Presence change(Key key, DirtyList& dirty, Change change) const {
    const Location location = own(key);
    if (is_reachable(location)) [[likely]] {
      const Presence found = change_at<copy>(key, location, dirty, change);
      if (found != not_there) [[likely]]
        return found;
    }
    return change_again<copy>(*this, key, location, dirty, change);
  }
  template <Copy copy, class Change>
  [[gnu::noinline]] static Presence change_again(CopyAccess self, Key key, Location seen, DirtyList& dirty,
                                                 Change change) {
    for (Backoff backoff; self.look_again(key, seen); backoff.pause()) {
      seen = self.own(key);
      const Presence found = is_reachable(seen) ? self.template change_at<copy>(key, seen, dirty, change) : not_there;
      if (found != not_there) return found;
    }
    return Presence::elsewhere;
  }
  /// The copy that `seen`, this rank's word, leads to, and whose changes mean something to other ranks, is about to be
  /// changed. The owner of a neighbour's main copy learns of it with the next round's questions: its marks and lists
  /// are its own.
  void note_change(KeyLock& lock, V* value, Key key, Location seen, DirtyList& dirty) const {
    if (!seen.here()) return dirty.put(key, seen.rank());
    if (!lock.location().is_dirty()) set_dirty(lock, value, key, dirty);
  }

  LocationTable* table_;
  directory::RankWords own_;
  const directory::RankWords* of_rank_;
  SegmentMap::Bases segments_;
  SegmentMap::BasesOfRank own_segments_;
  int rank_;
  Length length_;
};

}  // namespace adapm::store
