// Where replicas lie: memory of this process's own, as no other rank looks at them. It grows by itself.
//
// A replica is a word and the value behind it. The word names the owner, says whether the key is hot, and names the
// slot of window memory that is reserved for the key, so that there is room should it become the main copy. Until then
// that slot has the replica's snapshot: what the value was before the first update that has not been sent. Whoever
// holds the key's lock may look at both.
//
// Progress thread only, except reserved_slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "directory/location.hpp"
#include "store/slot_memory.hpp"

namespace adapm::store {

class ReplicaMemory {
 public:
  explicit ReplicaMemory(SegmentMap& segments) : segments_(segments) {}
  ~ReplicaMemory();
  ReplicaMemory(const ReplicaMemory&) = delete;
  ReplicaMemory& operator=(const ReplicaMemory&) = delete;

  /// A place for a value that needs a slot of `bytes`, with `owner` and `reserved` noted before it.
  SlotPlace allocate(std::size_t bytes, int owner, SlotPlace reserved);
  void free(SlotPlace place, std::size_t bytes);
  [[nodiscard]] std::size_t total_bytes() const { return allocator_.total_bytes(); }

  // `value`: a replica's.
  static SlotPlace reserved_slot(const std::byte* value) { return head(value).place(); }
  static int owner(const std::byte* value) { return head(value).rank(); }
  static void set_owner(std::byte* value, int owner);
  /// So many ranks replicate the key that its updates are added up on their way.
  static bool is_hot(const std::byte* value) { return head(value).presence() == hot; }
  static void set_hot(std::byte* value, bool is_hot);

 private:
  static constexpr std::size_t word_bytes = sizeof(std::uint64_t);
  static_assert(word_bytes % SlotPlace::alignment == 0);
  struct Piece {
    std::byte* begin;
    std::size_t bytes;
  };
  // Of the word before a value, which is a location's but for what its presence means.
  static constexpr directory::Presence usual = directory::Presence::nearby;
  static constexpr directory::Presence hot = directory::Presence::shared;
  static directory::Location head(const std::byte* value);
  static void set_head(std::byte* value, directory::Presence presence, int owner, SlotPlace reserved);
  void grow(std::size_t wanted);

  SegmentMap& segments_;
  SlotAllocator allocator_;
  std::vector<Piece> pieces_;
};

}  // namespace adapm::store
