// Locks for keys whose values never move: seqlocks that many keys have in common, so few that they stay in the cache.
// An access then touches the value and nothing else that is far away. The table may lie in memory that processes share.
//
// Which lock a key has is as good as random: keys that are next to each other, such as the frequent ones of a
// vocabulary, have theirs in different cache lines. Whoever has one waits for none, so keys that have one in common can
// at most delay each other.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "adapm/types.hpp"
#include "base/racing_copy.hpp"
#include "store/key_lock.hpp"

namespace adapm::store {

/// Even; odd while somebody changes a value. 63 bits of changes: none comes back while a reader sleeps.
class SequenceLock {
 public:
  using State = std::uint64_t;

  /// Acquire pairs with unlock(): who sees a state that is not locked sees all values of the keys as of then.
  [[nodiscard]] State state() const { return state_.load(std::memory_order_acquire); }
  static constexpr bool is_locked(State state) { return (state & 1U) != 0; }
  /// A value that has been copied since the state was `before` is whole.
  [[nodiscard]] bool unchanged(State before) const { return base::reload_after_copy(state_) == before; }

  /// Waits while another has it. Returns what unlock() takes.
  State lock() {
    for (Backoff backoff;; backoff.pause()) {
      const State locked = try_lock();
      if (is_locked(locked)) return locked;
    }
  }
  /// Returns a state that is locked, for unlock(), or one that is not if another has it.
  [[gnu::always_inline]] State try_lock() {
    constexpr State failed = 0;
    State seen = state_.load(std::memory_order_relaxed);
    if (is_locked(seen) ||
        !state_.compare_exchange_strong(seen, seen + 1, std::memory_order_acquire, std::memory_order_relaxed))
      return failed;
    base::fence_before_writes();
    return seen + 1;
  }
  [[gnu::always_inline]] void unlock(State locked) { state_.store(locked + 1, std::memory_order_release); }

 private:
  std::atomic<State> state_;
};
static_assert(sizeof(SequenceLock) == 8 && std::atomic<SequenceLock::State>::is_always_lock_free);

/// Refers to the locks, which lie elsewhere.
class LockTable {
 public:
  /// Bytes of memory for the locks of so many keys: at most 128 KiB, which a core's L2 cache has room for.
  static constexpr std::size_t bytes(std::uint64_t num_keys) { return number(num_keys) * sizeof(SequenceLock); }

  LockTable() = default;
  /// `memory`: bytes(num_keys) of it; zeros are locks that nobody has.
  LockTable(std::byte* memory, std::uint64_t num_keys)
      : locks_(reinterpret_cast<SequenceLock*>(memory)),
        shift_(64U - static_cast<unsigned>(std::countr_zero(number(num_keys)))) {}

  [[nodiscard, gnu::always_inline]] SequenceLock& operator[](Key key) const {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio: multiples lie far apart
    return locks_[(key * golden) >> shift_];
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 14U;
  static constexpr std::size_t number(std::uint64_t num_keys) {
    return std::clamp<std::size_t>(std::bit_ceil(std::min<std::uint64_t>(num_keys, most)), 2, most);
  }

  SequenceLock* locks_ = nullptr;
  unsigned shift_ = 0;
};

}  // namespace adapm::store
