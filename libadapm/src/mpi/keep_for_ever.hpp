// For buffers that MPI may still read or write, although nobody waits for it any more.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace adapm::mpi {

/// Any thread. Leak checkers find what is kept.
inline void keep_for_ever(std::shared_ptr<void> buffer) {
  static auto* const kept = new std::deque<std::shared_ptr<void>>();
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(buffer));
}

}  // namespace adapm::mpi
