#include "store/slot_memory.hpp"

#include "base/assert.hpp"

namespace adapm::store {

void SegmentMap::add(const port::Region& region) {
  constexpr std::size_t max_segments = directory::Location::max_segments;
  ADAPM_ASSERT(count_ < max_window_segments);
  own_[count_] = region.own;
  for (std::size_t rank = 0; rank < region.of_rank.size(); ++rank)
    if (region.of_rank[rank] != nullptr)
      of_all_[rank * max_segments + count_].store(region.of_rank[rank], std::memory_order_release);
  of_all_[static_cast<std::size_t>(rank_) * max_segments + count_].store(region.own, std::memory_order_release);
  ++count_;
}

std::uint32_t SegmentMap::add_private(std::byte* memory) {
  constexpr std::size_t max_segments = directory::Location::max_segments;
  ADAPM_ASSERT(private_count_ < max_private_segments);
  const auto number = static_cast<std::uint32_t>(max_segments - ++private_count_);
  own_[number] = memory;
  of_all_[static_cast<std::size_t>(rank_) * max_segments + number].store(memory, std::memory_order_release);
  return number;
}

std::optional<SlotPlace> SlotAllocator::allocate(std::size_t bytes) {
  auto& free = free_[bytes];
  if (!free.empty()) {
    const SlotPlace place = free.back();
    free.pop_back();
    free_bytes_ -= bytes;
    return place;
  }
  for (Fresh& fresh : fresh_) {
    if (fresh.bytes_left < bytes) continue;
    const SlotPlace place = fresh.next;
    fresh.next.offset += bytes;
    fresh.bytes_left -= bytes;
    free_bytes_ -= bytes;
    return place;
  }
  shortfall_bytes_ += bytes;
  return std::nullopt;
}

void SlotAllocator::add_segment(std::uint32_t segment, std::size_t bytes) {
  ADAPM_ASSERT(bytes <= directory::Location::max_segment_bytes);
  fresh_.push_back({{segment, 0}, bytes});
  total_bytes_ += bytes;
  free_bytes_ += bytes;
  shortfall_bytes_ = 0;
}

}  // namespace adapm::store
