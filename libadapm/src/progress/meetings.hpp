// Meetings of all ranks in the votes of the rounds: each rank brings a text when it is ready; once all have come, in the
// same round on all ranks, each has all texts. Unlike barriers and reductions they do not mind what else the program's
// threads ask of MPI meanwhile, so a checkpoint can be written in the background.
//
// A rank that comes to a meeting sends its replicas' updates in that very round, so that when the meeting is held all
// main copies contain what was pushed on any rank before that rank came.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/completion.hpp"
#include "base/mutex.hpp"

namespace adapm::progress {

struct Meeting {
  std::string text;                // that this rank brings
  std::function<void()> when_held;  // on the progress thread, between the same two rounds on all ranks
  std::vector<std::string> texts;  // that the ranks have brought, when it is completed
  base::Completion completion;
};

class Meetings {
 public:
  explicit Meetings(int num_ranks) : texts_(static_cast<std::size_t>(num_ranks)) {}

  /// Any thread. One meeting is held after the other.
  void attend(std::shared_ptr<Meeting> meeting) {
    const base::MutexLock lock(mutex_);
    if (closed_) return meeting->completion.complete(base::Completion::failed);
    next_.push_back(std::move(meeting));
  }

  // --- progress thread ---

  /// A round begins. Returns the meeting that this rank comes to in it; null: none.
  const Meeting* come() {
    if (current_) return nullptr;
    const base::MutexLock lock(mutex_);
    if (next_.empty()) return nullptr;
    current_ = std::move(next_.front());
    next_.pop_front();
    return current_.get();
  }
  /// This rank has nothing to do with meetings.
  [[nodiscard]] bool idle() {
    const base::MutexLock lock(mutex_);
    return !current_ && next_.empty();
  }

  /// This rank has come and waits for others.
  [[nodiscard]] bool waits() const { return current_ != nullptr; }
  /// A rank has come.
  void note(std::size_t rank, std::string_view text) { texts_[rank] = text; }

  /// Requires waits(): a round is over in which all ranks had come.
  void hold() {
    current_->texts = std::exchange(texts_, std::vector<std::string>(texts_.size()));
    if (current_->when_held) current_->when_held();
    end(base::Completion::done);
  }
  /// It will never be held, because a rank has closed the store.
  void abandon() { end(base::Completion::failed); }

  void fail_all() {
    if (current_) abandon();
    const base::MutexLock lock(mutex_);
    for (auto& meeting : next_) meeting->completion.complete(base::Completion::failed);
    next_.clear();
    closed_ = true;
  }

 private:
  void end(base::Completion::State state) { std::exchange(current_, nullptr)->completion.complete(state); }

  std::shared_ptr<Meeting> current_;  // this rank has come to it
  std::vector<std::string> texts_;    // by rank
  base::Mutex mutex_;
  std::deque<std::shared_ptr<Meeting>> next_ ADAPM_GUARDED_BY(mutex_);
  bool closed_ ADAPM_GUARDED_BY(mutex_) = false;
};

}  // namespace adapm::progress
