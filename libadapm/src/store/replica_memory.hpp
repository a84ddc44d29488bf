// Where replicas lie: memory of this process's own, as no other rank looks at them. It grows by itself.
//
// A replica is a word and the value behind it. The word names the owner, and the slot of window memory that is reserved
// for the key, so that there is room should it become the main copy. Until then that slot has the replica's snapshot:
// what the value was before the first update that has not been sent. Whoever holds the key's lock may look at both.
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

 private:
  static constexpr std::size_t word_bytes = sizeof(std::uint64_t);
  static_assert(word_bytes % SlotPlace::alignment == 0);
  struct Piece {
    std::byte* begin;
    std::size_t bytes;
  };
  static directory::Location head(const std::byte* value);
  void grow(std::size_t wanted);

  SegmentMap& segments_;
  SlotAllocator allocator_;
  std::vector<Piece> pieces_;
};

}  // namespace adapm::store
