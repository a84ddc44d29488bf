#include "api/worker_barrier.hpp"

namespace adapm::api {

void WorkerBarrier::join() {
  const base::MutexLock lock(mutex_);
  ++members_;
}

void WorkerBarrier::leave() {
  const base::MutexLock lock(mutex_);
  --members_;
  changed_.notify_all();
}

void WorkerBarrier::fail() {
  const base::MutexLock lock(mutex_);
  failed_ = true;
  changed_.notify_all();
}

WorkerBarrier::Outcome WorkerBarrier::arrive_and_wait(const std::function<Outcome()>& meet_other_ranks) {
  mutex_.lock();
  const std::uint64_t mine = generation_;
  ++arrived_;
  while (!failed_ && generation_ == mine && (meeting_ || arrived_ < members_)) {
    changed_.wait(mutex_);
  }
  if (failed_) outcome_ = Outcome::failed;
  if (!failed_ && generation_ == mine) {
    // The last to arrive, or one that noticed that the last has left.
    meeting_ = true;
    mutex_.unlock();
    const Outcome outcome = meet_other_ranks();
    mutex_.lock();
    outcome_ = outcome;
    meeting_ = false;
    arrived_ = 0;
    ++generation_;
    changed_.notify_all();
  }
  const Outcome outcome = outcome_;
  mutex_.unlock();
  return outcome;
}

}  // namespace adapm::api
