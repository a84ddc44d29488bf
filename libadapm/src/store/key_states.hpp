// What a rank's progress thread knows of the keys that are at hand, beside their location words: of those keys only of
// which there is something to know. So a main copy takes no memory but its value's, unless others have it at hand too.
#pragma once

#include <cstdint>
#include <memory>

#include "base/dense_map.hpp"
#include "store/holders.hpp"

namespace adapm::store {

struct KeyState {
  std::uint32_t interest = 0;        // live local intents, if the location word has no room for their number
  std::unique_ptr<Holders> holders;  // main copy: who else has the key at hand; null if nobody has
  [[nodiscard]] bool says_nothing() const { return interest == 0 && holders == nullptr; }
};

using KeyStates = base::DenseMap<KeyState>;

}  // namespace adapm::store
