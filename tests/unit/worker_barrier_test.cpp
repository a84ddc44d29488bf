#include "api/worker_barrier.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using adapm::api::WorkerBarrier;
using Outcome = WorkerBarrier::Outcome;

TEST_CASE("one worker of a rank meets the other ranks, and only when all have come") {
  WorkerBarrier barrier;
  std::atomic<int> arrived{0}, met{0}, wrong{0};
  for (int i = 0; i < 4; ++i) barrier.join();
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&] {
        for (int round = 1; round <= 100; ++round) {
          ++arrived;
          barrier.arrive_and_wait([&] {
            if (arrived != 4 * round) ++wrong;
            ++met;
            return Outcome::passed;
          });
          if (met < round) ++wrong;
        }
      });
    }
  }
  CHECK(wrong == 0);
  CHECK(met == 100);
}

TEST_CASE("a worker that leaves is no longer waited for") {
  WorkerBarrier barrier;
  barrier.join();
  barrier.join();
  Outcome outcome = Outcome::failed;
  {
    std::jthread waiting([&] { outcome = barrier.arrive_and_wait([] { return Outcome::passed; }); });
    barrier.leave();
  }
  CHECK(outcome == Outcome::passed);
}

TEST_CASE("a failure wakes who waits, and whoever comes later") {
  WorkerBarrier barrier;
  barrier.join();
  barrier.join();
  Outcome outcome = Outcome::passed;
  {
    std::jthread waiting([&] { outcome = barrier.arrive_and_wait([] { return Outcome::passed; }); });
    barrier.fail();
  }
  CHECK(outcome == Outcome::failed);
  CHECK(barrier.arrive_and_wait([] { return Outcome::passed; }) == Outcome::failed);
}
