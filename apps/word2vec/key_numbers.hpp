// A small hash table from keys to numbers, emptied and filled again all the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "adapm/types.hpp"

namespace adapm::word2vec {

/// Numbers keys in the order in which they come. Not thread-safe.
class KeyNumbers {
 public:
  explicit KeyNumbers(std::size_t max_keys);
  /// The number of `key`, a new one at the end of `keys` if it has none. Requires room.
  std::uint32_t number(Key key, std::vector<Key>& keys);
  /// Forgets `keys`, which are all that it knows.
  void clear(std::span<const Key> keys);

 private:
  [[nodiscard]] std::size_t place_of(Key key) const;
  struct Entry {
    Key key;
    std::uint32_t number;
  };
  std::vector<Entry> table_;  // open addressing; a power of two, at most half full
};

}  // namespace adapm::word2vec
