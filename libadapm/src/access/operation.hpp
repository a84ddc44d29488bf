// One pull, push or set of a worker on keys that are not on its rank.
//
// The worker fills it in and submits it; from then on the progress thread owns it until the completion is set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapm/types.hpp"
#include "base/completion.hpp"

namespace adapm::access {

enum class OperationKind : std::uint32_t { pull, push, set };

template <class V>
struct Operation {
  struct Entry {
    Key key = 0;
    std::size_t offset = 0;  // of the key's value in `destination` (pull) or `values`, in elements
    std::uint32_t tries = 0;
    int told = -1;  // where the last rank asked believes the key to be
  };

  OperationKind kind = OperationKind::pull;
  std::vector<Entry> entries;
  V* destination = nullptr;  // pull: the caller's buffer
  std::vector<V> values;     // push, set: copies
  base::Completion completion;

  // Progress thread only.
  std::size_t remaining = 0;  // entries not done
  bool deferred = false;      // acknowledged, but not visible on this rank before the next full round is over

  void clear(OperationKind new_kind) {
    kind = new_kind;
    entries.clear();
    values.clear();
    destination = nullptr;
    deferred = false;
    completion.reset();
  }
};

}  // namespace adapm::access
