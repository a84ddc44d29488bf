// Reading and changing values that never move: where all ranks share one memory every key stays at its home. The place
// of a value of uniform length is worked out from the key; if lengths differ, the rank's location word says where it
// is, for good. Whoever reads or changes it does so at once, and needs nothing else but the value's lock. Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"
#include "base/prefetch.hpp"
#include "base/racing_copy.hpp"
#include "directory/home.hpp"
#include "directory/location_table.hpp"
#include "store/lock_table.hpp"
#include "store/value_length.hpp"

namespace adapm::store {

using base::Use;
using directory::Presence;

/// Where values are that never move, and their locks.
struct FixedPlaces {
  directory::Homes homes;
  directory::RankWords words;             // this rank's
  std::vector<std::byte*> first_of_rank;  // the value of the home's first key; the others follow
  std::size_t value_bytes;                // with what they are padded by, if all have as many
  LockTable locks;
};

/// For the keys of a call.
template <class V>
class FixedAccess {
 public:
  FixedAccess(const FixedPlaces& places, int rank, const ValueLayout& layout)
      : homes_(places.homes),
        words_(places.words),
        first_of_rank_(places.first_of_rank.data()),
        value_bytes_(places.value_bytes),
        locks_(places.locks),
        rank_(rank),
        length_(layout.is_uniform() ? layout.length(0) : 0),
        lengths_(layout.lengths()) {}

  /// Copies the values of `keys`, one after the other, to `to`.
  void pull(KeySpan keys, V* to) const;
  void push(KeySpan keys, const V* updates) const;
  void set(KeySpan keys, const V* values) const;

  /// Gets the value on its way into the cache.
  template <Use use>
  void prefetch(Key key) const {
    visit_places([&](const auto value_of, const auto length_of) {
      base::prefetch_range<use>(value_of(key), length_of(key) * sizeof(V));
    });
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

  /// Calls f(value_of, length_of), functions of a key.
  template <class F>
  [[gnu::always_inline]] void visit_places(const F& f) const {
    if (lengths_ != nullptr) {
      const auto value_of = [words = words_, first = first_of_rank_, rank = rank_](Key key) {
        const directory::Location location(words[key].load(std::memory_order_relaxed));
        return first[location.rank_of_place(rank)] + location.offset();
      };
      return f(value_of, LengthOfKey{lengths_});
    }
    const UniformLength length_of{length_};
    if (homes_.one_rank()) {
      const auto value_of = [first = first_of_rank_[0], bytes = value_bytes_](Key key) { return first + key * bytes; };
      return f(value_of, length_of);
    }
    const auto value_of = [homes = homes_, first = first_of_rank_, bytes = value_bytes_](Key key) {
      const Home home = homes(key);
      return first[home.rank] + home.index * bytes;
    };
    f(value_of, length_of);
  }
  /// Calls visit(value, length, lock, offset) for every key, with what lies ahead on its way into the cache.
  template <Use use, class Visit>
  [[gnu::always_inline]] void for_each(KeySpan keys, const Visit& visit) const {
    visit_places([&](const auto value_of, const auto length_of) { loop<use>(keys, value_of, length_of, visit); });
  }
  template <Use use, class ValueOf, class Length, class Visit>
  [[gnu::always_inline]] void loop(KeySpan keys, const ValueOf value_of, const Length length_of,
                                   const Visit& visit) const {
    constexpr bool is_looked_up = std::is_same_v<Length, LengthOfKey>;
    constexpr std::size_t ahead = 12;
    const std::size_t n = keys.size();
    const LockTable locks = locks_;
    const auto prefetch_word = [&](std::size_t i) {
      if constexpr (is_looked_up)
        if (i < n) base::prefetch<Use::reading>(&words_[keys[i]]);
    };
    const auto prefetch_value = [&](Key key) {
      if constexpr (use == Use::writing) base::prefetch<use>(&locks[key]);
      base::prefetch_range<use>(value_of(key), length_of(key) * sizeof(V));
    };
    for (std::size_t i = 0; is_looked_up && i < 2 * ahead; ++i) prefetch_word(i);
    for (std::size_t i = 0; i < std::min(ahead, n); ++i) prefetch_value(keys[i]);
    std::size_t offset = 0;
    for (std::size_t i = 0; i < n; ++i) {
      prefetch_word(i + 2 * ahead);
      if (i + ahead < n) prefetch_value(keys[i + ahead]);
      const std::size_t length = length_of(keys[i]);
      visit(reinterpret_cast<V*>(value_of(keys[i])), length, locks[keys[i]], offset);
      offset += length;
    }
  }

  /// One attempt; false if the value may have been changed meanwhile.
  [[gnu::always_inline]] static bool read(const SequenceLock& lock, const V* value, V* to, std::size_t length) {
    const SequenceLock::State before = lock.state();
    if (SequenceLock::is_locked(before)) return false;
    base::copy_out(to, value, length);
    return lock.unchanged(before);
  }
  [[gnu::noinline]] static void read_again(const SequenceLock& lock, const V* value, V* to, std::size_t length) {
    for (Backoff backoff; !read(lock, value, to, length);) backoff.pause();
  }
  [[gnu::noinline]] static SequenceLock::State wait_for(SequenceLock& lock) { return lock.lock(); }
  template <class Change>
  [[gnu::always_inline]] static void change(V* value, SequenceLock& lock, const Change& change) {
    SequenceLock::State locked = lock.try_lock();
    if (!SequenceLock::is_locked(locked)) [[unlikely]]
      locked = wait_for(lock);
    change(value);
    lock.unlock(locked);
  }

  directory::Homes homes_;
  directory::RankWords words_;
  std::byte* const* first_of_rank_;
  std::size_t value_bytes_;
  LockTable locks_;
  int rank_;
  std::size_t length_;
  const std::uint32_t* lengths_;  // by key; null: all have length_
};

template <class V>
void FixedAccess<V>::pull(KeySpan keys, V* to) const {
  for_each<Use::reading>(keys, [to](const V* value, std::size_t length, const SequenceLock& lock, std::size_t offset) {
    if (!read(lock, value, to + offset, length)) [[unlikely]]
      read_again(lock, value, to + offset, length);
  });
}

template <class V>
void FixedAccess<V>::push(KeySpan keys, const V* updates) const {
  for_each<Use::writing>(keys, [updates](V* value, std::size_t length, SequenceLock& lock, std::size_t offset) {
    change(value, lock, [&](V* changed) { base::add_in(changed, updates + offset, length); });
  });
}

template <class V>
void FixedAccess<V>::set(KeySpan keys, const V* values) const {
  for_each<Use::writing>(keys, [values](V* value, std::size_t length, SequenceLock& lock, std::size_t offset) {
    change(value, lock, [&](V* changed) { base::copy_in(changed, values + offset, length); });
  });
}

}  // namespace adapm::store
