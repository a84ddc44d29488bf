// Pushes that are not waited for, but for the oldest of a few. Without a bound a worker whose pulls are
// faster than its pushes (no intents, a neighbour's memory) would train on values that lag ever further
// behind.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "adapm/worker.hpp"

namespace adapm::apps {

/// Belongs to the worker's thread. Worker::wait_all ends the pushes that are under way.
class BoundedPushes {
 public:
  explicit BoundedPushes(Worker<float>& worker) : worker_(worker) {}

  void push(KeySpan keys, std::span<const float> updates) {
    Ticket& oldest = tickets_[pushed_++ % tickets_.size()];
    worker_.wait(oldest);
    oldest = worker_.push(keys, updates);
  }

 private:
  Worker<float>& worker_;
  std::array<Ticket, 16> tickets_;
  std::size_t pushed_ = 0;
};

}  // namespace adapm::apps
