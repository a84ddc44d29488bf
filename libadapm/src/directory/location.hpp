// Where a key is, in one 64-bit word: what the location table holds and what ranks tell each other. A word for a copy
// that is here is that copy's lock as well (store/key_lock.hpp), a seqlock: whoever reads a value needs no more than
// the word and the value itself.
//
//   bits 63-61 presence | here: 60 locked | 59 dirty | 58 watched | 57-55 interest | 54-42 sequence (13)
//                       | else: 60-42 rank (19)
//   bits 41-34 segment  | 33-0 offset / 8
//
// A slot's place is a segment of the rank's memory and an offset in it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"

namespace adapm::directory {

/// Place of a slot in one rank's segments.
struct SlotPlace {
  static constexpr std::uint64_t alignment = 8;
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;  // bytes, a multiple of the alignment
  friend bool operator==(SlotPlace, SlotPlace) = default;
};

enum class Presence : std::uint64_t {
  elsewhere = 0,  // not here; rank() is the owner as far as known (exact at the key's home between rounds)
  nearby = 1,     // the main copy was seen at place() of rank(), a neighbour; else like elsewhere
  shared = 2,     // the main copy is at place() of rank(), a neighbour that keeps it there while this rank wants it
  // from here up: a copy is here
  owner = 4,  // the main copy
  replica = 5,
  releasing = 6  // a replica whose last update is on its way to the owner: readable, no longer writable
};

class Location {
 public:
  static constexpr std::uint64_t max_ranks = std::uint64_t{1} << 19U;
  static constexpr std::uint32_t max_segments = 256;
  static constexpr std::uint64_t max_segment_bytes = (std::uint64_t{1} << 34U) * SlotPlace::alignment;

  // Of a copy that is here.
  static constexpr std::uint64_t locked_bit = std::uint64_t{1} << 60U;
  static constexpr std::uint64_t dirty_bit = std::uint64_t{1} << 59U;    // on a dirty list; changed while locked
  static constexpr std::uint64_t watched_bit = std::uint64_t{1} << 58U;  // a change means something to other ranks
  static constexpr std::uint64_t interest_unit = std::uint64_t{1} << 55U;
  static constexpr std::uint64_t interest_mask = watched_bit - interest_unit;
  static constexpr std::uint64_t sequence_unit = std::uint64_t{1} << 42U;
  static constexpr std::uint64_t sequence_mask = interest_unit - sequence_unit;
  /// So many, or more; who has the most has written down how many elsewhere.
  static constexpr std::uint32_t most_interest = 7;

  constexpr Location() = default;
  constexpr explicit Location(std::uint64_t word) : word_(word) {}

  static Location elsewhere(int rank) { return make(Presence::elsewhere, rank, {}); }
  static Location nearby(int owner_rank, SlotPlace place) { return make(Presence::nearby, owner_rank, place); }
  static Location shared(int owner_rank, SlotPlace place) { return make(Presence::shared, owner_rank, place); }
  static Location owner(SlotPlace place) { return make(Presence::owner, 0, place); }
  static Location replica(SlotPlace place) { return Location(make(Presence::replica, 0, place).word_ | watched_bit); }

  [[nodiscard]] std::uint64_t word() const { return word_; }
  [[nodiscard]] Presence presence() const { return static_cast<Presence>(word_ >> presence_shift); }
  /// In a slot of this rank.
  [[nodiscard]] bool here() const { return presence() >= Presence::owner; }
  /// In a slot that workers of this rank read and write themselves as long as there are intents, or the key is owned.
  [[nodiscard]] bool at_hand() const { return presence() >= Presence::shared; }
  [[nodiscard]] bool has_place() const { return presence() != Presence::elsewhere; }
  /// Requires !here().
  [[nodiscard]] int rank() const { return static_cast<int>((word_ >> 42U) & (max_ranks - 1)); }
  /// The rank in whose memory its place is. Requires has_place(). `self`: the rank that this is a location at.
  [[nodiscard]] int rank_of_place(int self) const { return here() ? self : rank(); }
  [[nodiscard]] SlotPlace place() const { return {segment(), offset()}; }
  /// Of its place.
  [[nodiscard]] std::uint32_t segment() const {
    return static_cast<std::uint32_t>((word_ >> 34U) & (max_segments - 1));
  }
  [[nodiscard]] std::uint64_t offset() const {
    return (word_ & (max_segment_bytes / SlotPlace::alignment - 1)) * SlotPlace::alignment;
  }

  // --- of a copy that is here ---
  [[nodiscard]] bool is_locked() const { return (word_ & locked_bit) != 0; }
  [[nodiscard]] bool is_dirty() const { return (word_ & dirty_bit) != 0; }
  [[nodiscard]] bool is_watched() const { return (word_ & watched_bit) != 0; }
  /// Live local intents, up to most_interest.
  [[nodiscard]] std::uint32_t interest() const {
    return static_cast<std::uint32_t>((word_ & interest_mask) / interest_unit);
  }
  [[nodiscard]] Location with_interest(std::uint32_t interest) const {
    return Location((word_ & ~interest_mask) | interest * interest_unit);
  }
  /// A main copy, and nobody is changing it.
  [[nodiscard]] bool is_stable_owner() const { return is_stable(Presence::owner); }
  [[nodiscard]] bool is_stable_replica() const { return is_stable(Presence::replica); }
  /// The same copy, now being released.
  [[nodiscard]] Location releasing() const {
    return Location((word_ & ~presence_mask) | static_cast<std::uint64_t>(Presence::releasing) << presence_shift);
  }

  friend bool operator==(Location, Location) = default;

 private:
  static constexpr unsigned presence_shift = 61;
  static constexpr std::uint64_t presence_mask = std::uint64_t{7} << presence_shift;

  [[nodiscard]] bool is_stable(Presence presence) const {
    return (word_ & (presence_mask | locked_bit)) == static_cast<std::uint64_t>(presence) << presence_shift;
  }

  static Location make(Presence presence, int rank, SlotPlace place) {
    return Location(static_cast<std::uint64_t>(presence) << presence_shift | static_cast<std::uint64_t>(rank) << 42U |
                    static_cast<std::uint64_t>(place.segment) << 34U | place.offset / SlotPlace::alignment);
  }
  std::uint64_t word_ = 0;
};

}  // namespace adapm::directory
