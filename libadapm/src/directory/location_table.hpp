// One location word per key: this rank's view of where every key is. The words lie in window memory, so other ranks
// read them without this rank's help; only this rank's progress thread writes them (workers may refresh a hint).
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "adapm/types.hpp"
#include "directory/location.hpp"

namespace adapm::directory {

class LocationTable {
 public:
  using Word = std::atomic<std::uint64_t>;
  static_assert(sizeof(Word) == 8 && Word::is_always_lock_free);

  /// `words`: num_keys words of zeroed memory that outlives the table. Every word is set to "at its home".
  LocationTable(Word* words, std::uint64_t num_keys, int rank, int num_ranks)
      : words_(words), num_keys_(num_keys), rank_(rank), num_ranks_(num_ranks) {
    ADAPM_ASSERT(static_cast<std::uint64_t>(num_ranks) <= Location::max_ranks);
    for (Key key = 0; key < num_keys; ++key)
      words_[key].store(Location::elsewhere(home(key)).word(), std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t num_keys() const { return num_keys_; }
  [[nodiscard]] int home(Key key) const { return home_of(key, num_ranks_); }
  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int num_ranks() const { return num_ranks_; }

  /// Pairs with the release in set(): who sees a place here sees the slot's header.
  [[nodiscard]] Location get(Key key) const { return Location(words_[key].load(std::memory_order_acquire)); }
  void set(Key key, Location location) { words_[key].store(location.word(), std::memory_order_release); }

  /// Replaces a hint, unless the key has come here or the hint has changed meanwhile. Any thread.
  void improve_hint(Key key, Location seen, int rank) {
    if (seen.at_hand() || home(key) == rank_) return;  // the home's word is not a hint
    replace(key, seen, Location::elsewhere(rank));
  }
  /// Likewise: `rank`, a neighbour, has the main copy at `place`.
  void note_place(Key key, Location seen, int rank, SlotPlace place) {
    if (seen.at_hand() || (home(key) == rank_ && seen.rank() != rank)) return;
    replace(key, seen, Location::nearby(rank, place));
  }
  /// The main copy is not where it was seen.
  void forget_place(Key key, Location seen) { replace(key, seen, Location::elsewhere(seen.rank())); }

  void prefetch(Key key) const { __builtin_prefetch(&words_[key]); }

 private:
  void replace(Key key, Location seen, Location next) {
    std::uint64_t expected = seen.word();
    words_[key].compare_exchange_strong(expected, next.word(), std::memory_order_relaxed);
  }

  Word* const words_;
  const std::uint64_t num_keys_;
  const int rank_;
  const int num_ranks_;
};

}  // namespace adapm::directory
