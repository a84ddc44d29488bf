// The segments that slots live in: this rank's, and the neighbours' as far as this process can load from them; and
// which of this rank's slots are free. A slot has room for one key's value, and nothing else.
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

namespace adapm::store {

using directory::SlotPlace;

/// Bytes of a slot for values of `value_bytes`: padded, so that the next one is aligned.
constexpr std::size_t slot_bytes(std::size_t value_bytes) {
  return (value_bytes + SlotPlace::alignment - 1) / SlotPlace::alignment * SlotPlace::alignment;
}

class SegmentMap {
  using Base = std::atomic<std::byte*>;  // written once, by release
  static_assert(Base::is_always_lock_free && sizeof(Base) == sizeof(std::byte*));

 public:
  /// Where a rank's segments begin, for a loop over many slots.
  class BasesOfRank {
   public:
    explicit BasesOfRank(const Base* bases) : bases_(bases) {}
    /// The slot that a location names; null if this process cannot load from it: on another host, or of a rank that has
    /// already grown while this one is about to. Requires location.has_place().
    [[nodiscard, gnu::always_inline]] std::byte* at(directory::Location location) const {
      std::byte* const begin = bases_[location.segment()].load(std::memory_order_acquire);
      return begin == nullptr ? nullptr : begin + location.offset();
    }
    /// The same of a segment that is known to be seen.
    [[nodiscard, gnu::always_inline]] std::byte* seen_at(directory::Location location) const {
      return bases_[location.segment()].load(std::memory_order_acquire) + location.offset();
    }

   private:
    const Base* bases_;
  };
  /// The same of all ranks.
  class Bases {
   public:
    explicit Bases(const Base* of_all) : of_all_(of_all) {}
    [[nodiscard, gnu::always_inline]] BasesOfRank of(int rank) const {
      return BasesOfRank(of_all_ + static_cast<std::size_t>(rank) * directory::Location::max_segments);
    }
    [[nodiscard, gnu::always_inline]] std::byte* at(int rank, directory::Location location) const {
      return of(rank).at(location);
    }

   private:
    const Base* of_all_;  // rank * max_segments + segment
  };

  static constexpr std::uint32_t max_private_segments = 32;  // numbered from the last down
  static constexpr std::uint32_t max_window_segments = directory::Location::max_segments - max_private_segments;

  SegmentMap(int rank, int num_ranks)
      : rank_(rank), of_all_(static_cast<std::size_t>(num_ranks) * directory::Location::max_segments) {}

  /// Publishes a segment of window memory under the next number.
  void add(const port::Region& region);
  /// The number of the next such segment. For the thread that adds them.
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Publishes a segment that only this process sees. Returns its number.
  std::uint32_t add_private(std::byte* memory);

  /// A slot of this rank. Requires a place that this rank's location table named.
  [[nodiscard]] std::byte* own(SlotPlace place) const { return own_[place.segment] + place.offset; }
  [[nodiscard]] Bases bases() const { return Bases(&of_all_[0]); }
  [[nodiscard]] BasesOfRank bases_of(int rank) const { return bases().of(rank); }
  /// Another rank whose slots this process loads from and stores to.
  [[nodiscard]] bool is_neighbour(int rank) const {
    return rank != rank_ && first_of(rank).load(std::memory_order_acquire) != nullptr;
  }

 private:
  [[nodiscard]] const Base& first_of(int rank) const {
    return of_all_[static_cast<std::size_t>(rank) * directory::Location::max_segments];
  }

  const int rank_;
  std::array<std::byte*, directory::Location::max_segments> own_{};
  base::SparseArray<Base> of_all_;  // rank * max_segments + segment
  std::uint32_t count_ = 0;
  std::uint32_t private_count_ = 0;
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
