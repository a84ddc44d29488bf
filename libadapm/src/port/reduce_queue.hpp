// Barriers and reductions that threads of this rank have asked for, carried out one after the other by the progress
// thread. Every rank must ask for them in the same order. A barrier is a reduction of nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "base/completion.hpp"
#include "base/mutex.hpp"
#include "port/port.hpp"

namespace adapm::port {

struct Reduction {
  std::span<double> values;  // combined in place; owned by the caller until completion
  Combine combine = Combine::sum;
  base::Completion completion;
};

class ReduceQueue {
 public:
  explicit ReduceQueue(Port& port) : port_(port) {}

  /// Any thread. The caller waits for the completion.
  void submit(std::shared_ptr<Reduction> reduction) {
    const base::MutexLock lock(mutex_);
    if (closed_) return reduction->completion.complete(base::Completion::failed);
    submitted_.push_back(std::move(reduction));
  }

  /// Progress thread. Returns whether anything was started or finished.
  ///
  /// Nothing is completed while a round is under way: a rank that comes to a barrier after a round it waited for must
  /// find the others through with that round, too.
  bool poll(bool between_rounds) {
    if (current_) {
      if (!between_rounds || !port_.test_reduce()) return false;
      current_->completion.complete(base::Completion::done);
      current_.reset();
      return true;
    }
    const base::MutexLock lock(mutex_);
    if (submitted_.empty()) return false;
    current_ = std::move(submitted_.front());
    submitted_.pop_front();
    ++started_;
    port_.start_reduce(current_->values, current_->combine);
    return true;
  }

  /// Progress thread: reductions started so far; equal on all ranks when none is under way.
  [[nodiscard]] std::uint64_t started() const { return started_; }
  [[nodiscard]] bool under_way() const { return current_ != nullptr; }

  /// Progress thread: the one under way can never be completed, because a rank has closed the store without it.
  void abandon() {
    current_->completion.complete(base::Completion::failed);
    current_.reset();
    port_.abandon_reduce();
  }

  /// Progress thread: gives up on all; nothing may be started afterwards.
  void fail_all() {
    if (current_) current_->completion.complete(base::Completion::failed);
    const base::MutexLock lock(mutex_);
    for (auto& reduction : submitted_) reduction->completion.complete(base::Completion::failed);
    submitted_.clear();
    closed_ = true;
  }

 private:
  Port& port_;
  std::shared_ptr<Reduction> current_;
  std::uint64_t started_ = 0;
  base::Mutex mutex_;
  std::deque<std::shared_ptr<Reduction>> submitted_ ADAPM_GUARDED_BY(mutex_);
  bool closed_ ADAPM_GUARDED_BY(mutex_) = false;
};

}  // namespace adapm::port
