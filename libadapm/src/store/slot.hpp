// A slot: a header and, right behind it, one key's value. It lies in window memory, so other ranks of the host read
// and write it; everything they look at is atomic and valid under the sequence word.
//
// The sequence word is a seqlock: even = stable, odd = being written. It never goes back, also when the slot is
// reused for another key. Readers copy, then check key and sequence; they write nothing. Writers (workers of the host
// pushing, the progress thread moving keys) make it odd by compare-and-swap. All else in the header belongs to the
// rank's progress thread, which changes it without atomic read-modify-write: it counts the intents of millions of keys.
//
// A slot begins at any multiple of 8 bytes, so it may begin in the middle of a cache line, and its header may be in two.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <thread>

#include "adapm/types.hpp"
#include "base/racing_copy.hpp"
#include "directory/location.hpp"

namespace adapm::store {

enum class Role : std::uint32_t {
  free = 0,
  owner = 1,
  replica = 2,
  releasing = 3  // a replica whose last update is on its way to the owner: readable, no longer writable
};

struct Slot {
  static constexpr Key no_key = std::numeric_limits<Key>::max();
  // sequence
  static constexpr std::uint32_t locked_bit = 1;
  static constexpr std::uint32_t dirty_bit = 2;  // on a dirty list; changed while locked
  static constexpr std::uint32_t change_unit = 4;
  // state
  static constexpr std::uint32_t role_mask = 3;
  static constexpr std::uint32_t replicas_bit = 4;   // owner: other ranks hold replicas
  static constexpr std::uint32_t interest_unit = 8;  // from here up: live local intents

  std::atomic<Key> key;
  std::atomic<std::uint32_t> sequence;
  std::atomic<std::uint32_t> state;
  // Private to this process. Replica: a snapshot, as long as the value, taken while locked when the replica becomes
  // dirty; the updates not yet sent are the value's difference to it.
  // Main copy that other ranks hold replicas of or share: its Holders, of the progress thread.
  std::atomic<void*> companion;

  template <class V>
  V* values() {
    return reinterpret_cast<V*>(this + 1);
  }
  template <class V>
  const V* values() const {
    return reinterpret_cast<const V*>(this + 1);
  }

  [[nodiscard]] Role role() const { return static_cast<Role>(current_state() & role_mask); }
  [[nodiscard]] std::uint32_t interest() const { return current_state() / interest_unit; }
  [[nodiscard]] bool has_replicas() const { return (current_state() & replicas_bit) != 0; }
  /// A main copy, and there are no replicas.
  [[nodiscard]] bool is_unreplicated() const {
    return (current_state() & (role_mask | replicas_bit)) == static_cast<std::uint32_t>(Role::owner);
  }
  [[nodiscard]] bool is_dirty() const { return (sequence.load(std::memory_order_relaxed) & dirty_bit) != 0; }

  // --- progress thread ---
  void set_role(Role role) { set_state((current_state() & ~role_mask) | static_cast<std::uint32_t>(role)); }
  void set_has_replicas(bool has) { set_state((current_state() & ~replicas_bit) | (has ? replicas_bit : 0)); }
  void add_interest() { set_state(current_state() + interest_unit); }
  void drop_interest() { set_state(current_state() - interest_unit); }

 private:
  [[nodiscard]] std::uint32_t current_state() const { return state.load(std::memory_order_relaxed); }
  void set_state(std::uint32_t next) { state.store(next, std::memory_order_relaxed); }
};
static_assert(sizeof(Slot) == 24, "at most 24 bytes beside a main copy");
static_assert(alignof(Slot) == directory::SlotPlace::alignment);

/// Bytes that a slot for values of `value_bytes` takes: padded, so that the next one is aligned.
constexpr std::size_t slot_bytes(std::size_t value_bytes) {
  return sizeof(Slot) + (value_bytes + alignof(Slot) - 1) / alignof(Slot) * alignof(Slot);
}

/// Waits a moment, longer the more often it was asked to: the holder of a slot may be off its core.
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

/// Holds a slot's sequence word odd. Unless keep() was called the value counts as changed.
class SlotLock {
 public:
  explicit SlotLock(Slot& slot) : slot_(slot), sequence_(lock(slot)) { base::fence_before_writes(); }
  /// Release pairs with readers' acquire of the sequence word.
  ~SlotLock() {
    slot_.sequence.store(sequence_ + (changed_ ? Slot::change_unit : 0), std::memory_order_release);
  }
  SlotLock(const SlotLock&) = delete;
  SlotLock& operator=(const SlotLock&) = delete;

  /// Nothing that readers look at was changed.
  void keep() { changed_ = false; }
  [[nodiscard]] bool is_dirty() const { return (sequence_ & Slot::dirty_bit) != 0; }
  /// Visible at once: whoever finds the key on a dirty list afterwards finds the mark as well.
  void set_dirty() {
    sequence_ |= Slot::dirty_bit;
    slot_.sequence.store(sequence_ | Slot::locked_bit, std::memory_order_relaxed);
  }
  void clear_dirty() { sequence_ &= ~Slot::dirty_bit; }

 private:
  /// The sequence word before. Acquire pairs with the release of the previous holder.
  static bool try_lock(Slot& slot, std::uint32_t& sequence) {
    sequence = slot.sequence.load(std::memory_order_relaxed);
    return (sequence & Slot::locked_bit) == 0 &&
           slot.sequence.compare_exchange_strong(sequence, sequence | Slot::locked_bit, std::memory_order_acquire,
                                                 std::memory_order_relaxed);
  }
  static std::uint32_t lock(Slot& slot) {
    std::uint32_t sequence = 0;
    return try_lock(slot, sequence) ? sequence : wait_and_lock(slot);
  }
  [[gnu::noinline]] static std::uint32_t wait_and_lock(Slot& slot) {
    std::uint32_t sequence = 0;
    for (Backoff backoff; !try_lock(slot, sequence);) backoff.pause();
    return sequence;
  }

  Slot& slot_;
  std::uint32_t sequence_;
  bool changed_ = true;
};

}  // namespace adapm::store
