// Copies that were changed since the last round: replicas with updates to send, main copies with replicas to refresh.
// One list per writing thread; the progress thread empties them. A copy of this rank is put on a list while it
// is locked and marked, so it is put on a list once. A neighbour's main copy is put there at every change.
#pragma once

#include <compare>
#include <vector>

#include "adapm/types.hpp"
#include "base/mutex.hpp"

namespace adapm::store {

struct ChangedCopy {
  Key key;
  int rank;  // where the copy is: this rank, or a neighbour
  friend auto operator<=>(const ChangedCopy&, const ChangedCopy&) = default;
};

class DirtyList {
 public:
  void put(Key key, int rank) {
    const base::MutexLock lock(mutex_);
    copies_.push_back({key, rank});
  }
  /// Moves the copies to the end of `to`.
  void drain_to(std::vector<ChangedCopy>& to) {
    const base::MutexLock lock(mutex_);
    to.insert(to.end(), copies_.begin(), copies_.end());
    copies_.clear();
  }

  [[nodiscard]] bool empty() {
    const base::MutexLock lock(mutex_);
    return copies_.empty();
  }

 private:
  base::Mutex mutex_;
  std::vector<ChangedCopy> copies_ ADAPM_GUARDED_BY(mutex_);
};

}  // namespace adapm::store
