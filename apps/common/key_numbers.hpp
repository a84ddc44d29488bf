// A small hash table from keys to numbers, emptied and filled again all the time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "adapm/types.hpp"

namespace adapm::apps {

/// Not thread-safe.
class KeyNumbers {
 public:
  /// Forgets all keys and makes room for `count`.
  void reset(std::size_t count) {
    const std::size_t places = std::bit_ceil(2 * count + 2);
    if (places > places_.size() || generation_ == last_generation) {
      places_.assign(std::max(places, places_.size()), Place{});
      shift_ = 64 - std::countr_zero(places_.size());
      generation_ = 0;
    }
    ++generation_;
  }

  /// The number of `key`; if it has none, it gets `fresh`. Requires room.
  std::uint32_t number(Key key, std::uint32_t fresh) {
    const std::size_t mask = places_.size() - 1;
    std::size_t i = static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_);
    while (places_[i].generation == generation_ && places_[i].key != key) i = (i + 1) & mask;
    Place& place = places_[i];
    if (place.generation != generation_) place = {key, generation_, fresh};
    return place.number;
  }

 private:
  static constexpr std::uint32_t last_generation = std::numeric_limits<std::uint32_t>::max();

  struct Place {
    Key key = 0;
    std::uint32_t generation = 0;  // that of the table: in use
    std::uint32_t number = 0;
  };
  std::vector<Place> places_;      // open addressing; a power of two, at most half full
  int shift_ = 63;                 // leaves as many bits as places have
  std::uint32_t generation_ = 0;
};

}  // namespace adapm::apps
