#include "port/shared_barrier.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using adapm::port::SharedBarrier;

namespace {

/// Memory that processes share.
struct Shared {
  SharedBarrier::Words barrier;
  std::atomic<int> arrived;
  std::atomic<int> wrong;
};

class SharedMemory {
 public:
  SharedMemory() : place_(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    REQUIRE(place_ != MAP_FAILED);
  }
  ~SharedMemory() { munmap(place_, sizeof(Shared)); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  Shared* operator->() { return static_cast<Shared*>(place_); }

 private:
  void* const place_;
};

bool never() { return false; }

}  // namespace

TEST_CASE("processes that share memory pass a barrier only when all have come") {
  constexpr int processes = 3, generations = 500;
  SharedMemory shared;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child > 0) {
      children.push_back(child);
      continue;
    }
    SharedBarrier barrier(shared->barrier, processes);
    for (int generation = 1; generation <= generations; ++generation) {
      if (i == generation % processes) usleep(100);  // so that others sleep in the barrier
      ++shared->arrived;
      if (!barrier.arrive_and_wait(never)) ++shared->wrong;
      if (shared->arrived < processes * generation) ++shared->wrong;
    }
    _exit(0);
  }
  for (const pid_t child : children) {
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(shared->wrong == 0);
  CHECK(shared->arrived == processes * generations);
}

TEST_CASE("nobody waits in a shared barrier for a rank that has left, now or later") {
  SharedMemory shared;
  SharedBarrier barrier(shared->barrier, 2);
  bool passed = true;
  {
    const std::jthread waits([&] { passed = barrier.arrive_and_wait(never); });
    usleep(20'000);
    SharedBarrier(shared->barrier, 2).leave();
  }
  CHECK_FALSE(passed);
  CHECK_FALSE(barrier.arrive_and_wait(never));
}

TEST_CASE("who gave its part before it left was there") {
  SharedMemory shared;
  bool passed = false;
  {
    SharedBarrier early(shared->barrier, 2), late(shared->barrier, 2);
    const std::jthread waits([&] { passed = early.arrive_and_wait(never); });
    CHECK(late.arrive_and_wait(never));
    late.leave();
  }
  CHECK(passed);
}

TEST_CASE("who waits in a shared barrier gives up when it shall") {
  SharedMemory shared;
  SharedBarrier barrier(shared->barrier, 2);
  std::atomic<bool> failed{false};
  bool passed = true;
  {
    const std::jthread waits([&] { passed = barrier.arrive_and_wait([&] { return failed.load(); }); });
    usleep(20'000);
    failed = true;
    barrier.look_again();
  }
  CHECK_FALSE(passed);
}
