// How many elements a key's value has, for loops over keys: the same for all, without a look into a table, or not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "adapm/types.hpp"

namespace adapm::store {

struct UniformLength {
  std::size_t length;
  std::size_t operator()(Key) const { return length; }
};
struct LengthOfKey {
  const std::uint32_t* lengths;
  std::size_t operator()(Key key) const { return lengths[key]; }
};

}  // namespace adapm::store
