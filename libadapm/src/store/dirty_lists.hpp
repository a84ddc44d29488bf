// The dirty lists of one rank: one for each worker, one for the progress thread itself.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "store/dirty_list.hpp"

namespace adapm::store {

class DirtyLists {
 public:
  /// Any thread: copies put on this list are looked after from the next round on.
  void add(std::shared_ptr<DirtyList> list) {
    const base::MutexLock lock(mutex_);
    lists_.push_back(std::move(list));
  }
  /// For changes made on the progress thread itself.
  [[nodiscard]] DirtyList& own() { return own_; }

  /// Moves the copies of all lists to the end of `to`.
  void drain_to(std::vector<ChangedCopy>& to) {
    own_.drain_to(to);
    const base::MutexLock lock(mutex_);
    for (const auto& list : lists_) list->drain_to(to);
    // A list that nobody else holds belonged to a worker that is gone.
    std::erase_if(lists_, [](const auto& list) { return list.use_count() == 1 && list->empty(); });
  }

 private:
  base::Mutex mutex_;
  std::vector<std::shared_ptr<DirtyList>> lists_ ADAPM_GUARDED_BY(mutex_);
  DirtyList own_;
};

}  // namespace adapm::store
