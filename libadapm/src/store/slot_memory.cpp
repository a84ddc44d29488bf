#include "store/slot_memory.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace adapm::store {

void SegmentMap::add(const port::Region& region) {
  const std::uint32_t segment = count_.load(std::memory_order_relaxed);
  ADAPM_ASSERT(segment < directory::Location::max_segments);
  own_[segment] = region.own;
  for (std::size_t rank = 0; rank < of_rank_.size(); ++rank) of_rank_[rank][segment] = region.of_rank[rank];
  const auto reaches = [](const auto& segments) { return segments[0] != nullptr; };
  one_memory_ = std::all_of(of_rank_.begin(), of_rank_.end(), reaches);
  count_.store(segment + 1, std::memory_order_release);
}

Slot* SegmentMap::of_rank(int rank, SlotPlace place) const {
  if (place.segment >= count()) return nullptr;  // the other rank has already grown, this one is about to
  std::byte* const base = of_rank_[static_cast<std::size_t>(rank)][place.segment];
  return base == nullptr ? nullptr : reinterpret_cast<Slot*>(base + std::size_t{place.line} * 64);
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
