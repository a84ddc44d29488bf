// The barrier of all live workers of all ranks: the workers of a rank meet, one of them meets the other ranks, then
// all go on. A worker that leaves is no longer waited for.
#pragma once

#include <cstdint>
#include <functional>

#include "base/mutex.hpp"

namespace adapm::api {

class WorkerBarrier {
 public:
  enum class Outcome { passed, failed };

  void join();
  void leave();
  /// Whoever waits, now or later, gets `failed`.
  void fail();
  /// Blocks. `meet_other_ranks` is called by one worker of the rank; what it returns goes to all of them.
  Outcome arrive_and_wait(const std::function<Outcome()>& meet_other_ranks);

 private:
  base::Mutex mutex_;
  base::Condition changed_;
  int members_ ADAPM_GUARDED_BY(mutex_) = 0;
  int arrived_ ADAPM_GUARDED_BY(mutex_) = 0;
  bool meeting_ ADAPM_GUARDED_BY(mutex_) = false;  // one worker is with the other ranks
  bool failed_ ADAPM_GUARDED_BY(mutex_) = false;
  std::uint64_t generation_ ADAPM_GUARDED_BY(mutex_) = 0;
  Outcome outcome_ ADAPM_GUARDED_BY(mutex_) = Outcome::passed;  // of the last generation
};

}  // namespace adapm::api
