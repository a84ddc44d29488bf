// A mutex that clang's thread-safety analysis understands, and its annotations.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define ADAPM_ANNOTATION(x) __attribute__((x))
#else
#define ADAPM_ANNOTATION(x)
#endif
#define ADAPM_CAPABILITY(x) ADAPM_ANNOTATION(capability(x))
#define ADAPM_SCOPED_CAPABILITY ADAPM_ANNOTATION(scoped_lockable)
#define ADAPM_GUARDED_BY(x) ADAPM_ANNOTATION(guarded_by(x))
#define ADAPM_REQUIRES(...) ADAPM_ANNOTATION(requires_capability(__VA_ARGS__))
#define ADAPM_ACQUIRE(...) ADAPM_ANNOTATION(acquire_capability(__VA_ARGS__))
#define ADAPM_RELEASE(...) ADAPM_ANNOTATION(release_capability(__VA_ARGS__))

namespace adapm::base {

class ADAPM_CAPABILITY("mutex") Mutex {
 public:
  void lock() ADAPM_ACQUIRE() { mutex_.lock(); }
  void unlock() ADAPM_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ADAPM_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ADAPM_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() ADAPM_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A condition variable over Mutex. Waiting releases and takes the mutex again, which the analysis sees as held.
class Condition {
 public:
  void wait(Mutex& mutex) ADAPM_REQUIRES(mutex) { condition_.wait(mutex); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace adapm::base
