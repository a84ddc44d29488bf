// Keys whose copy on this rank was changed since the last round: replicas with updates to send, main copies with
// replicas to refresh. One list per writing thread; the progress thread empties them. A key is put on a list while
// its slot is locked and marked, so it is on at most one list, once.
#pragma once

#include <vector>

#include "adapm/types.hpp"
#include "base/mutex.hpp"

namespace adapm::store {

class DirtyList {
 public:
  void put(Key key) {
    const base::MutexLock lock(mutex_);
    keys_.push_back(key);
  }
  /// Moves the keys to the end of `to`.
  void drain_to(std::vector<Key>& to) {
    const base::MutexLock lock(mutex_);
    to.insert(to.end(), keys_.begin(), keys_.end());
    keys_.clear();
  }

  [[nodiscard]] bool empty() {
    const base::MutexLock lock(mutex_);
    return keys_.empty();
  }

 private:
  base::Mutex mutex_;
  std::vector<Key> keys_ ADAPM_GUARDED_BY(mutex_);
};

}  // namespace adapm::store
