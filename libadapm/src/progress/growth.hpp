// By how much a rank's slots grow once any rank wants keys that it has no room for. All ranks grow in the same round
// and count each other's segments, of which there are 224 at most. So one that is nearly full grows along, and the more
// segments there are, the larger they become: a 32nd of what the rank has for the first quarter of them, then an
// eighth, for the second half of them a half.
#pragma once

#include <algorithm>
#include <cstddef>

#include "store/slot_memory.hpp"

namespace adapm::progress {

struct Room {
  std::size_t total_bytes = 0;
  std::size_t free_bytes = 0;
  std::size_t missing_bytes = 0;  // asked for in vain
};

[[nodiscard]] constexpr std::size_t growth_bytes(const Room& room, std::size_t segments) {
  constexpr std::size_t most_segments = store::SegmentMap::max_window_segments;
  constexpr std::size_t smallest = std::size_t{1} << 20U;
  std::size_t parts = 2;
  if (segments < most_segments / 4) {
    parts = 32;
  } else if (segments < most_segments / 2) {
    parts = 8;
  }
  const std::size_t reserve = room.total_bytes / parts;
  if (room.missing_bytes == 0 && room.free_bytes >= reserve) return 0;
  return std::clamp<std::size_t>(2 * room.missing_bytes + reserve, smallest, directory::Location::max_segment_bytes);
}

}  // namespace adapm::progress
