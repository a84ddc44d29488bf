#include "store/slot_memory.hpp"

#include "base/assert.hpp"

namespace adapm::store {

void SegmentMap::add(const port::Region& region) {
  ADAPM_ASSERT(count_ < directory::Location::max_segments);
  own_[count_] = region.own;
  for (std::size_t rank = 0; rank < of_rank_.size(); ++rank)
    of_rank_[rank][count_].store(region.of_rank[rank], std::memory_order_release);
  ++count_;
}

std::optional<SlotPlace> SlotAllocator::allocate(std::uint32_t lines) {
  auto& free = free_[lines];
  if (!free.empty()) {
    const SlotPlace place = free.back();
    free.pop_back();
    return place;
  }
  for (Fresh& fresh : fresh_) {
    if (fresh.lines_left < lines) continue;
    const SlotPlace place = fresh.next;
    fresh.next.line += lines;
    fresh.lines_left -= lines;
    return place;
  }
  shortfall_bytes_ += std::size_t{lines} * 64;
  return std::nullopt;
}

void SlotAllocator::add_segment(std::uint32_t segment, std::size_t bytes) {
  fresh_.push_back({{segment, 0}, bytes / 64});
  total_bytes_ += bytes;
  shortfall_bytes_ = 0;
}

}  // namespace adapm::store
