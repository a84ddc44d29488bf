// The ranks that have a key at hand while it belongs to another; kept by its owner.
#pragma once

#include <vector>

namespace adapm::store {

struct Holders {
  static constexpr int nobody = -1;
  static constexpr int somebody = -2;  // several, or this rank itself
  std::vector<int> replicas;           // ranks of other hosts, each with a replica
  std::vector<int> sharers;            // neighbours that read and write the main copy itself
  int changed_by = nobody;             // who changed the key since the last refresh of the replicas
};

}  // namespace adapm::store
