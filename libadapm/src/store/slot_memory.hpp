// The segments that slots live in: this rank's, and the neighbours' as far as this process can load from them; and
// which of this rank's slots are free.
//
// Segments are added by one thread (the progress thread) and looked up by all. A slot's memory is never unmapped
// while the store lives, so a stale place is always safe to look at.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/sparse_array.hpp"
#include "directory/location.hpp"
#include "port/port.hpp"
#include "store/slot.hpp"

namespace adapm::store {

using directory::SlotPlace;

class SegmentMap {
 public:
  SegmentMap(int rank, int num_ranks)
      : rank_(rank), of_all_(static_cast<std::size_t>(num_ranks) * directory::Location::max_segments) {}

  /// Publishes a segment under the next number.
  void add(const port::Region& region);
  /// The number of the next segment. For the thread that adds them.
  [[nodiscard]] std::uint32_t count() const { return count_; }

  /// A slot of this rank. Requires a place that this rank's location table named.
  [[nodiscard]] Slot& own(SlotPlace place) const {
    return *reinterpret_cast<Slot*>(own_[place.segment] + place.offset);
  }
  /// The slot that a location names; null if it names none, or one that this process cannot load from: on another
  /// host, or of a rank that has already grown while this one is about to.
  [[nodiscard]] Slot* at(directory::Location location) const {
    if (!location.has_place()) return nullptr;
    std::byte* const base = of_all_[location.segment_of_all(rank_)].load(std::memory_order_acquire);
    return base == nullptr ? nullptr : reinterpret_cast<Slot*>(base + location.offset());
  }
  /// Another rank whose slots this process loads from and stores to.
  [[nodiscard]] bool is_neighbour(int rank) const {
    return rank != rank_ && first_of(rank).load(std::memory_order_acquire) != nullptr;
  }

 private:
  using Base = std::atomic<std::byte*>;  // written once, by release
  static_assert(Base::is_always_lock_free && sizeof(Base) == sizeof(std::byte*));
  [[nodiscard]] const Base& first_of(int rank) const {
    return of_all_[static_cast<std::size_t>(rank) * directory::Location::max_segments];
  }

  const int rank_;
  std::array<std::byte*, directory::Location::max_segments> own_{};
  base::SparseArray<Base> of_all_;  // by Location::segment_of_all()
  std::uint32_t count_ = 0;
};

/// Hands out slots by size. Progress thread only.
class SlotAllocator {
 public:
  /// A free slot of `bytes` bytes, or nothing; then the shortfall grows by that much. `bytes`: as of slot_bytes().
  std::optional<SlotPlace> allocate(std::size_t bytes);
  void free(SlotPlace place, std::size_t bytes) {
    free_[bytes].push_back(place);
    free_bytes_ += bytes;
  }
  void add_segment(std::uint32_t segment, std::size_t bytes);

  /// Bytes that were asked for in vain since the last segment was added.
  [[nodiscard]] std::size_t shortfall_bytes() const { return shortfall_bytes_; }
  [[nodiscard]] std::size_t total_bytes() const { return total_bytes_; }
  [[nodiscard]] std::size_t free_bytes() const { return free_bytes_; }

 private:
  struct Fresh {
    SlotPlace next;
    std::size_t bytes_left;
  };
  std::map<std::size_t, std::vector<SlotPlace>> free_;  // by bytes
  std::vector<Fresh> fresh_;                            // never used parts of segments
  std::size_t shortfall_bytes_ = 0;
  std::size_t total_bytes_ = 0;
  std::size_t free_bytes_ = 0;
};

}  // namespace adapm::store
