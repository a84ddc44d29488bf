// Where a key is, in one 64-bit word: what the location table holds and what ranks tell each other.
//
//   bits 63-61 presence | 60-42 rank (19) | 41-34 segment (8) | 33-0 offset / 8 (34)
//
// A slot's place is a segment of the rank's window memory and an offset in it.
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
  owner = 1,      // the main copy is here
  replica = 2,    // a replica is here; rank() is the owner
  shared = 3,     // the main copy is at place() of rank(), a neighbour that keeps it there while this rank wants it
  nearby = 4      // the main copy was seen at place() of rank(), a neighbour; else like elsewhere
};

class Location {
 public:
  static constexpr std::uint64_t max_ranks = std::uint64_t{1} << 19U;
  static constexpr std::uint32_t max_segments = 256;
  static constexpr std::uint64_t max_segment_bytes = (std::uint64_t{1} << 34U) * SlotPlace::alignment;

  constexpr Location() = default;
  constexpr explicit Location(std::uint64_t word) : word_(word) {}

  static Location elsewhere(int rank) { return make(Presence::elsewhere, rank, {}); }
  static Location owner(int self, SlotPlace place) { return make(Presence::owner, self, place); }
  static Location shared(int owner_rank, SlotPlace place) { return make(Presence::shared, owner_rank, place); }
  static Location nearby(int owner_rank, SlotPlace place) { return make(Presence::nearby, owner_rank, place); }
  static Location replica(int owner_rank, SlotPlace place) { return make(Presence::replica, owner_rank, place); }

  [[nodiscard]] std::uint64_t word() const { return word_; }
  [[nodiscard]] Presence presence() const { return static_cast<Presence>(word_ >> 61U); }
  /// In a slot of this rank.
  [[nodiscard]] bool here() const { return presence() == Presence::owner || presence() == Presence::replica; }
  /// In a slot that workers of this rank read and write themselves as long as there are intents, or the key is owned.
  [[nodiscard]] bool at_hand() const { return here() || presence() == Presence::shared; }
  [[nodiscard]] bool has_place() const { return presence() != Presence::elsewhere; }
  [[nodiscard]] int rank() const { return static_cast<int>((word_ >> 42U) & (max_ranks - 1)); }
  [[nodiscard]] SlotPlace place() const {
    return {static_cast<std::uint32_t>((word_ >> 34U) & (max_segments - 1)), offset()};
  }
  /// Of its place.
  [[nodiscard]] std::uint64_t offset() const {
    return (word_ & (max_segment_bytes / SlotPlace::alignment - 1)) * SlotPlace::alignment;
  }
  /// Number of the segment with its slot among those of all ranks: rank * max_segments + segment.
  /// Requires has_place(). `self`: the rank that this is a location at.
  [[nodiscard]] std::size_t segment_of_all(int self) const {
    const std::uint64_t of_rank = (word_ >> 34U) & (max_ranks * max_segments - 1);
    const std::uint64_t of_self = static_cast<std::uint64_t>(self) * max_segments + of_rank % max_segments;
    return presence() == Presence::replica ? of_self : of_rank;
  }
  friend bool operator==(Location, Location) = default;

 private:
  static Location make(Presence presence, int rank, SlotPlace place) {
    return Location(static_cast<std::uint64_t>(presence) << 61U | static_cast<std::uint64_t>(rank) << 42U |
                    static_cast<std::uint64_t>(place.segment) << 34U | place.offset / SlotPlace::alignment);
  }
  std::uint64_t word_ = 0;
};

/// The rank that keeps the key's whereabouts, and its first owner.
constexpr int home_of(std::uint64_t key, int num_ranks) {
  return static_cast<int>(key % static_cast<std::uint64_t>(num_ranks));
}

}  // namespace adapm::directory
