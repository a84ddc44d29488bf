// One location word per key: this rank's view of where every key is. The words lie in window memory, so other ranks
// read them without this rank's help, and lock by them the main copies that are here. Where a key is not here, only
// this rank's progress thread writes its word (workers may refresh a hint); where it is, whoever has it locked.
//
// Before the words stands the rank's generation. It advances whenever a word could become again what a reader has seen
// before: a value that was read while word and generation stayed the same is whole, however short the sequence in the
// word (store/key_lock.hpp, store/value_store.hpp).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "adapm/types.hpp"
#include "base/prefetch.hpp"
#include "directory/home.hpp"
#include "directory/location.hpp"

namespace adapm::directory {

using LocationWord = std::atomic<std::uint64_t>;
static_assert(sizeof(LocationWord) == 8 && LocationWord::is_always_lock_free);

/// The words of one rank, in its own memory or a neighbour's.
class RankWords {
 public:
  static constexpr std::size_t offset_of_generation = 0;
  static constexpr std::size_t offset_of_words = 64;  // bytes: the generation has a cache line of its own

  RankWords() = default;
  explicit RankWords(std::byte* memory) : memory_(memory) {}
  [[nodiscard]] LocationWord& operator[](Key key) const {
    return reinterpret_cast<LocationWord*>(memory_ + offset_of_words)[key];
  }
  [[nodiscard]] LocationWord& generation() const {
    return *reinterpret_cast<LocationWord*>(memory_ + offset_of_generation);
  }
  /// This process can load from them.
  [[nodiscard]] bool reachable() const { return memory_ != nullptr; }

 private:
  std::byte* memory_ = nullptr;
};

class LocationTable {
 public:
  /// Bytes of memory that a table takes.
  static constexpr std::size_t bytes(std::uint64_t num_keys) {
    constexpr std::size_t line = 64;
    return (RankWords::offset_of_words + static_cast<std::size_t>(num_keys) * sizeof(LocationWord) + line - 1) / line *
           line;
  }

  /// `own`: bytes(num_keys) of zeroed memory that outlives the table. Every word is set to "at its home".
  /// `of_rank`: where the other ranks' tables are; null, or missing, where this process cannot load from them.
  LocationTable(std::byte* own, std::uint64_t num_keys, int rank, int num_ranks,
                std::span<std::byte* const> of_rank = {})
      : own_(own),
        num_keys_(num_keys),
        rank_(rank),
        num_ranks_(num_ranks),
        homes_(num_ranks),
        of_rank_(of_rank.begin(), of_rank.end()) {
    ADAPM_ASSERT(static_cast<std::uint64_t>(num_ranks) <= Location::max_ranks && num_keys <= Homes::max_keys);
    of_rank_.resize(static_cast<std::size_t>(num_ranks));
    of_rank_[static_cast<std::size_t>(rank)] = own_;
    has_neighbours_ = std::ranges::count_if(of_rank_, &RankWords::reachable) > 1;
    for (Key key = 0; key < num_keys; ++key)
      own_[key].store(Location::elsewhere(home(key)).word(), std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t num_keys() const { return num_keys_; }
  [[nodiscard]] int home(Key key) const { return homes_(key).rank; }
  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int num_ranks() const { return num_ranks_; }
  [[nodiscard]] RankWords words_of(int rank) const { return of_rank_[static_cast<std::size_t>(rank)]; }
  /// There are other ranks whose words this process can load.
  [[nodiscard]] bool has_neighbours() const { return has_neighbours_; }
  /// By rank; they stay where they are.
  [[nodiscard]] const RankWords* words_of_ranks() const { return of_rank_.data(); }

  /// Pairs with the release in set() and of a lock: who sees a place here sees the value that was put there.
  [[nodiscard]] Location get(Key key) const { return Location(own_[key].load(std::memory_order_acquire)); }
  /// The key is not here, or nobody knows yet that it is.
  void set(Key key, Location location) { own_[key].store(location.word(), std::memory_order_release); }
  /// From now on no word that a reader has seen counts as unchanged. Release: who sees it sees what was written before.
  void advance_generation() { own_.generation().fetch_add(1, std::memory_order_release); }

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

  template <base::Use use = base::Use::reading>
  void prefetch(Key key) const {
    base::prefetch<use>(&own_[key]);
  }

 private:
  void replace(Key key, Location seen, Location next) {
    std::uint64_t expected = seen.word();
    own_[key].compare_exchange_strong(expected, next.word(), std::memory_order_relaxed);
  }

  const RankWords own_;
  const std::uint64_t num_keys_;
  const int rank_;
  const int num_ranks_;
  const Homes homes_;
  std::vector<RankWords> of_rank_;
  bool has_neighbours_ = false;
};

}  // namespace adapm::directory
