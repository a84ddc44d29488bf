// The ranks that hold replicas of one key; kept by its owner.
#pragma once

#include <vector>

namespace adapm::store {

struct Holders {
  static constexpr int nobody = -1;
  static constexpr int somebody = -2;  // several, or this rank itself
  std::vector<int> ranks;
  int changed_by = nobody;  // who changed the key since the last refresh
};

}  // namespace adapm::store
