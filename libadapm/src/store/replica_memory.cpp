#include "store/replica_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "base/huge_pages.hpp"

namespace adapm::store {

using directory::Location;

ReplicaMemory::~ReplicaMemory() {
  for (const Piece& piece : pieces_) munmap(piece.begin, piece.bytes);
}

SlotPlace ReplicaMemory::allocate(std::size_t bytes, int owner, SlotPlace reserved) {
  auto place = allocator_.allocate(word_bytes + bytes);
  if (!place) {
    grow(word_bytes + bytes);
    place = allocator_.allocate(word_bytes + bytes);
  }
  set_head(segments_.own(*place) + word_bytes, usual, owner, reserved);
  return {place->segment, place->offset + word_bytes};
}

void ReplicaMemory::free(SlotPlace place, std::size_t bytes) {
  allocator_.free({place.segment, place.offset - word_bytes}, word_bytes + bytes);
}

Location ReplicaMemory::head(const std::byte* value) {
  std::uint64_t word = 0;
  std::memcpy(&word, value - word_bytes, word_bytes);
  return Location(word);
}

void ReplicaMemory::set_head(std::byte* value, directory::Presence presence, int owner, SlotPlace reserved) {
  const Location location = presence == hot ? Location::shared(owner, reserved) : Location::nearby(owner, reserved);
  const std::uint64_t word = location.word();
  std::memcpy(value - word_bytes, &word, word_bytes);
}

void ReplicaMemory::set_owner(std::byte* value, int owner) { set_head(value, usual, owner, reserved_slot(value)); }

void ReplicaMemory::set_hot(std::byte* value, bool is_hot) {
  if (is_hot != ReplicaMemory::is_hot(value)) set_head(value, is_hot ? hot : usual, owner(value), reserved_slot(value));
}

/// By a half of what there is: the number of segments is limited.
void ReplicaMemory::grow(std::size_t wanted) {
  constexpr std::size_t smallest = std::size_t{1} << 20U;
  const std::size_t bytes = (std::max({smallest, wanted, allocator_.total_bytes() / 2}) + base::page_bytes - 1) /
                            base::page_bytes * base::page_bytes;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);
  pieces_.push_back({static_cast<std::byte*>(memory), bytes});
  allocator_.add_segment(segments_.add_private(pieces_.back().begin), bytes);
}

}  // namespace adapm::store
