// Keys and their values, back to back: what a part of a checkpoint is written and read in.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "adapm/types.hpp"
#include "base/bytes.hpp"

namespace adapm::checkpoint {

template <class V>
struct ValueBlock {
  std::vector<Key> keys;
  base::Bytes values;  // of the keys in their order

  void clear() {
    keys.clear();
    values.clear();
  }
  /// Room for one more value, for the caller to fill.
  V* add(Key key, std::size_t length) {
    keys.push_back(key);
    return reinterpret_cast<V*>(values.extend(length * sizeof(V)));
  }
  void drop_last(std::size_t length) {
    keys.pop_back();
    values.shrink(values.size() - length * sizeof(V));
  }
  [[nodiscard]] std::span<const std::byte> key_bytes() const { return std::as_bytes(std::span(keys)); }
  [[nodiscard]] std::span<const std::byte> value_bytes() const { return {values.data(), values.size()}; }
};

}  // namespace adapm::checkpoint
