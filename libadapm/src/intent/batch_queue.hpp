// Batches of intents by a clock of theirs, earliest first. Workers signal in order nearly always, so batches in order
// are a plain queue; only those out of order go to a heap.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "adapm/types.hpp"

namespace adapm::intent {

/// "These keys will be accessed while start <= clock < end."
struct IntentBatch {
  std::vector<Key> keys;
  Clock start = 0;
  Clock end = 0;
};
using BatchPtr = std::unique_ptr<IntentBatch>;

template <Clock IntentBatch::* by>
class BatchQueue {
 public:
  [[nodiscard]] bool empty() const { return in_order_.empty() && heap_.empty(); }

  void push(BatchPtr batch) {
    if (in_order_.empty() || (*in_order_.back()).*by <= (*batch).*by) {
      in_order_.push_back(std::move(batch));
    } else {
      heap_.push_back(std::move(batch));
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
  }

  /// Requires !empty().
  [[nodiscard]] const IntentBatch& front() const { return *(heap_is_first() ? heap_.front() : in_order_.front()); }

  BatchPtr pop() {
    BatchPtr batch;
    if (heap_is_first()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      batch = std::move(heap_.back());
      heap_.pop_back();
    } else {
      batch = std::move(in_order_.front());
      in_order_.pop_front();
    }
    return batch;
  }

 private:
  static bool later(const BatchPtr& a, const BatchPtr& b) { return (*a).*by > (*b).*by; }
  [[nodiscard]] bool heap_is_first() const {
    return !heap_.empty() && (in_order_.empty() || later(in_order_.front(), heap_.front()));
  }

  std::deque<BatchPtr> in_order_;
  std::vector<BatchPtr> heap_;
};

}  // namespace adapm::intent
