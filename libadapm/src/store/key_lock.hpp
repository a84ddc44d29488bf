// The lock of a key's copy: the copy's location word, which is a seqlock. Readers read the word, copy the value, and
// check that the word, and the rank's generation, are what they were; they write nothing, so hot keys scale over
// threads. Writers (workers of the host that push, the progress thread that moves keys) mark the word as locked by
// compare-and-swap. It works across the processes of a host.
//
// Every change of a value counts the sequence in the word up. When its 13 bits begin again the generation advances, so
// that a reader who slept through 8192 changes finds out.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "base/racing_copy.hpp"
#include "directory/location_table.hpp"

namespace adapm::store {

using directory::Location;

/// Waits a moment, longer the more often it was asked to: the holder of a lock may be off its core.
class Backoff {
 public:
  void pause() {
    if (++turns_ < 64) {
      base::relax();
    } else {
      std::this_thread::yield();
    }
  }

 private:
  int turns_ = 0;
};

/// Locks a word if it is still what was seen: that of a copy which nobody has locked. Acquire pairs with the release of
/// the previous holder.
[[gnu::always_inline]] inline bool try_lock(directory::LocationWord& word, Location seen) {
  std::uint64_t expected = seen.word();
  if (!word.compare_exchange_strong(expected, expected | Location::locked_bit, std::memory_order_acquire,
                                    std::memory_order_relaxed))
    return false;
  base::fence_before_writes();
  return true;
}

/// Release pairs with readers' acquire of the word.
[[gnu::always_inline]] inline void unlock(directory::LocationWord& word, Location next) {
  word.store(next.word(), std::memory_order_release);
}

/// The word of a copy whose value has been changed under the lock. The generation may have to advance before others see
/// that word, so it is called, by who has the lock, just before it unlocks.
[[gnu::always_inline]] inline Location after_change(directory::RankWords words, Location before) {
  const std::uint64_t sequence = (before.word() + Location::sequence_unit) & Location::sequence_mask;
  if (sequence == 0) [[unlikely]]
    words.generation().fetch_add(1, std::memory_order_release);
  return Location((before.word() & ~Location::sequence_mask) | sequence);
}

/// Has a key's copy locked, if there is one. Whoever changes its value says so (value_changes).
class KeyLock {
 public:
  /// Waits while another has it locked. `words`: of the rank whose copy is meant.
  KeyLock(directory::RankWords words, Key key) : words_(words), word_(words[key]) {
    for (Backoff backoff;; backoff.pause()) {
      next_ = Location(word_.load(std::memory_order_relaxed));
      if (!next_.here()) return;
      is_held_ = !next_.is_locked() && try_lock(word_, next_);
      if (is_held_) return;
    }
  }
  ~KeyLock() {
    if (is_held_) unlock(word_, changes_ ? after_change(words_, next_) : next_);
  }
  KeyLock(const KeyLock&) = delete;
  KeyLock& operator=(const KeyLock&) = delete;

  /// False if the rank has no copy.
  [[nodiscard]] bool is_held() const { return is_held_; }

  // Require is_held().
  /// The word as it was, or as it will be once unlocked.
  [[nodiscard]] Location location() const { return next_; }
  void value_changes() { changes_ = true; }
  /// Once unlocked the key is there.
  void become(Location next) { next_ = next; }
  /// Visible at once: whoever finds the key on a dirty list afterwards finds the mark as well.
  void set_dirty() {
    next_ = Location(next_.word() | Location::dirty_bit);
    word_.store(next_.word() | Location::locked_bit, std::memory_order_relaxed);
  }
  void clear_dirty() { next_ = Location(next_.word() & ~Location::dirty_bit); }
  void set_watched(bool watched) {
    next_ = Location(watched ? next_.word() | Location::watched_bit : next_.word() & ~Location::watched_bit);
  }

 private:
  const directory::RankWords words_;
  directory::LocationWord& word_;
  bool is_held_ = false;
  bool changes_ = false;
  Location next_;
};

}  // namespace adapm::store
