// Reading and changing values that never move: where all ranks share one memory every key stays at its home, so the
// place of a value of uniform length is worked out from the key. Whoever reads or changes it does so at once, and needs
// nothing but the value and its lock. Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapm/types.hpp"
#include "base/prefetch.hpp"
#include "base/racing_copy.hpp"
#include "directory/home.hpp"
#include "directory/location.hpp"
#include "store/lock_table.hpp"

namespace adapm::store {

using base::Use;
using directory::Presence;

/// Where values are that never move, and their locks.
struct FixedPlaces {
  directory::Homes homes;
  std::vector<std::byte*> first_of_rank;  // the value of the home's first key; the others follow
  std::size_t value_bytes;                // with what they are padded by
  LockTable locks;
};

/// A loop over the keys of a call, all of whose constants are in registers.
template <class V>
class FixedAccess {
 public:
  FixedAccess(const FixedPlaces& places, int rank, std::size_t length)
      : homes_(places.homes),
        first_of_rank_(places.first_of_rank.data()),
        value_bytes_(places.value_bytes),
        locks_(places.locks),
        rank_(rank),
        length_(length) {}

  /// Copies the values of `keys`, one after the other, to `to`.
  void pull(KeySpan keys, V* to) const;
  void push(KeySpan keys, const V* updates) const;
  void set(KeySpan keys, const V* values) const;

  /// Gets the value on its way into the cache.
  template <Use use>
  void prefetch(Key key) const {
    const Home home = homes_(key);
    base::prefetch_range<use>(first_of_rank_[home.rank] + home.index * value_bytes_, length_ * sizeof(V));
  }

  /// Owner or shared: whether the key's home is this rank.
  [[nodiscard]] Presence presence(Key key) const {
    return homes_(key).rank == rank_ ? Presence::owner : Presence::shared;
  }
  /// How many of the keys have it.
  [[nodiscard]] std::size_t number_own(KeySpan keys) const {
    if (homes_.one_rank()) return keys.size();
    return static_cast<std::size_t>(std::ranges::count_if(keys, [this](Key key) { return homes_(key).rank == rank_; }));
  }

 private:
  using Home = directory::Homes::Home;

  /// Calls visit(value, lock, offset) for every key, with what lies ahead on its way into the cache.
  template <Use use, class Visit>
  [[gnu::always_inline]] void for_each(KeySpan keys, const Visit& visit) const {
    if (homes_.one_rank()) {
      const auto value_of = [first = first_of_rank_[0], bytes = value_bytes_](Key key) { return first + key * bytes; };
      return loop<use>(keys, value_of, visit);
    }
    const auto value_of = [homes = homes_, first = first_of_rank_, bytes = value_bytes_](Key key) {
      const Home home = homes(key);
      return first[home.rank] + home.index * bytes;
    };
    loop<use>(keys, value_of, visit);
  }
  template <Use use, class ValueOf, class Visit>
  [[gnu::always_inline]] void loop(KeySpan keys, const ValueOf value_of, const Visit& visit) const {
    constexpr std::size_t ahead = 12;
    const std::size_t n = keys.size();
    const std::size_t length = length_;
    const LockTable locks = locks_;
    const auto prefetch = [&](Key key) {
      if constexpr (use == Use::writing) base::prefetch<use>(&locks[key]);
      base::prefetch_range<use>(value_of(key), length * sizeof(V));
    };
    for (std::size_t i = 0; i < std::min(ahead, n); ++i) prefetch(keys[i]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i + ahead < n) prefetch(keys[i + ahead]);
      visit(reinterpret_cast<V*>(value_of(keys[i])), locks[keys[i]], i * length);
    }
  }

  /// One attempt; false if the value may have been changed meanwhile.
  [[gnu::always_inline]] static bool read(const SharedLock& lock, const V* value, V* to, std::size_t length) {
    const SharedLock::State before = lock.state();
    if (SharedLock::is_locked(before)) return false;
    base::copy_out(to, value, length);
    return lock.unchanged(before);
  }
  [[gnu::noinline]] static void read_again(const SharedLock& lock, const V* value, V* to, std::size_t length) {
    for (Backoff backoff; !read(lock, value, to, length);) backoff.pause();
  }
  [[gnu::noinline]] static void wait_for(SharedLock& lock) { lock.lock(); }
  template <class Change>
  [[gnu::always_inline]] static void change(V* value, SharedLock& lock, const Change& change) {
    if (!lock.try_lock()) [[unlikely]]
      wait_for(lock);
    change(value);
    lock.unlock();
  }

  directory::Homes homes_;
  std::byte* const* first_of_rank_;
  std::size_t value_bytes_;
  LockTable locks_;
  int rank_;
  std::size_t length_;
};

template <class V>
void FixedAccess<V>::pull(KeySpan keys, V* to) const {
  for_each<Use::reading>(keys, [to, length = length_](const V* value, const SharedLock& lock, std::size_t offset) {
    if (!read(lock, value, to + offset, length)) [[unlikely]]
      read_again(lock, value, to + offset, length);
  });
}

template <class V>
void FixedAccess<V>::push(KeySpan keys, const V* updates) const {
  for_each<Use::writing>(keys, [updates, length = length_](V* value, SharedLock& lock, std::size_t offset) {
    change(value, lock, [&](V* changed) { base::add_in(changed, updates + offset, length); });
  });
}

template <class V>
void FixedAccess<V>::set(KeySpan keys, const V* values) const {
  for_each<Use::writing>(keys, [values, length = length_](V* value, SharedLock& lock, std::size_t offset) {
    change(value, lock, [&](V* changed) { base::copy_in(changed, values + offset, length); });
  });
}

}  // namespace adapm::store
