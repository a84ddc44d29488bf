// A set of keys that is emptied and filled again and again: open addressing in memory that is kept.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>
#include <vector>

#include "adapm/types.hpp"

namespace adapm::sampling {

class KeySet {
 public:
  /// Empties the set and makes room for `count` keys.
  void reset(std::size_t count) {
    places_.assign(std::bit_ceil(std::max<std::size_t>(2 * count, 8)), none);
  }

  /// Returns false if `key` is in already. Requires room.
  bool insert(Key key) {
    for (std::size_t place = first_place(key);; place = (place + 1) & (places_.size() - 1)) {
      if (places_[place] == key) return false;
      if (places_[place] != none) continue;
      places_[place] = key;
      return true;
    }
  }

 private:
  static constexpr Key none = std::numeric_limits<Key>::max();

  /// The upper bits of a product: all bits of the key count.
  [[nodiscard]] std::size_t first_place(Key key) const {
    const auto bits = static_cast<unsigned>(std::countr_zero(places_.size()));
    return (key * 0x9e3779b97f4a7c15U) >> (64 - bits);
  }

  std::vector<Key> places_;  // a power of two of them, at least half of them empty
};

}  // namespace adapm::sampling
