// A set of keys that is emptied and filled again and again: open addressing in memory that is kept.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>
#include <vector>

#include "adapm/types.hpp"
#include "base/assert.hpp"

namespace adapm::sampling {

class KeySet {
 public:
  /// Empties the set and makes room for `count` keys.
  void reset(std::size_t count) {
    capacity_ = count;
    size_ = 0;
    places_.assign(std::bit_ceil(std::max<std::size_t>(2 * count, 8)), none);
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(places_.size()));
  }

  /// Returns false if `key` is in already. Requires room.
  bool insert(Key key) {
    std::size_t place = (key * 0x9e3779b97f4a7c15U) >> shift_;
    for (; places_[place] != none; place = (place + 1) & (places_.size() - 1))
      if (places_[place] == key) return false;
    ADAPM_ASSERT(size_ < capacity_);
    places_[place] = key;
    ++size_;
    return true;
  }

 private:
  static constexpr Key none = std::numeric_limits<Key>::max();

  std::vector<Key> places_ = std::vector<Key>(8, none);  // a power of two, half empty at least
  unsigned shift_ = 61;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace adapm::sampling
