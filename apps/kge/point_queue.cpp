#include "kge/point_queue.hpp"

#include <algorithm>
#include <utility>

namespace adapm::kge {

PointQueue::PointQueue(Worker<float>& worker, PointStream stream, Key num_keys, std::size_t corrupted,
                       std::size_t ahead, std::size_t total)
    : worker_(worker),
      stream_(std::move(stream)),
      corrupted_(corrupted),
      ahead_(ahead),
      block_(std::max<std::size_t>(ahead / 8, 1)),
      total_(total),
      first_clock_(worker.current_clock()),
      ring_(ahead + block_),
      block_keys_(num_keys) {
  while (prepared_ < std::min(ahead_, total_)) prepare_block();
}

Point PointQueue::take() {
  if (prepared_ - taken_ <= ahead_ && prepared_ < total_) prepare_block();
  return slot(taken_++);
}

void PointQueue::prepare_block() {
  const Clock begin = first_clock_ + static_cast<Clock>(prepared_);
  const std::size_t end = std::min(prepared_ + block_, total_);
  while (prepared_ < end) prepare_point();
  if (ahead_ == 0) return;
  worker_.intent(block_keys_.keys(), begin, first_clock_ + static_cast<Clock>(end));
  block_keys_.clear();
}

void PointQueue::prepare_point() {
  const TripleKeys triple = stream_.next();
  slot(prepared_) = {triple, worker_.prepare_sample(corrupted_, first_clock_ + static_cast<Clock>(prepared_))};
  ++prepared_;
  if (ahead_ == 0) return;
  for (const Key key : triple) block_keys_.add(key);
}

}  // namespace adapm::kge
