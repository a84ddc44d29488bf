#include <catch2/catch.hpp>
#include <thread>

#include "base/bytes.hpp"
#include "base/completion.hpp"
#include "base/cores.hpp"
#include "base/health.hpp"
#include "base/wake_up.hpp"

using namespace adapm;

TEST_CASE("bytes are read as they were written, and not beyond") {
  base::Bytes bytes;
  for (std::uint64_t i = 0; i < 1000; ++i) bytes.put(i);
  bytes.put_at(8, std::uint64_t{77});
  base::ByteReader reader(bytes);
  CHECK(reader.get<std::uint64_t>() == 0);
  CHECK(reader.get<std::uint64_t>() == 77);
  reader.take(998 * 8);
  CHECK(reader.at_end());
  CHECK_THROWS_AS(reader.get<char>(), base::InvariantError);
}

TEST_CASE("bytes that were moved from are empty and usable") {
  base::Bytes bytes;
  bytes.put(1);
  const base::Bytes taken = std::move(bytes);
  CHECK(taken.size() == sizeof(int));
  CHECK(bytes.empty());  // NOLINT: this is what is tested
  bytes.put(2);
  CHECK(bytes.size() == sizeof(int));
}

TEST_CASE("a completion is seen by who waits for it") {
  base::Completion completion;
  std::jthread other([&] { completion.complete(base::Completion::done); });
  CHECK(completion.wait() == base::Completion::done);
}

TEST_CASE("a signal ends a nap, also one that has not begun") {
  base::WakeUp wake_up;
  wake_up.signal();
  wake_up.nap(std::chrono::hours(1));
  std::jthread other([&] { wake_up.signal(); });
  wake_up.nap(std::chrono::hours(1));
}

TEST_CASE("the first failure is the one that is told") {
  base::Health health;
  CHECK_NOTHROW(health.check());
  health.fail("first");
  health.fail("second");
  CHECK_THROWS_WITH(health.check(), "first");
}

TEST_CASE("a rank is told that it is bound to fewer cores than it has workers") {
  using base::Cores;
  using base::crowding;
  CHECK(crowding(0, 2, Cores{1, 8}) ==
        "rank 0 has 2 workers and is bound to 1 of 8 cores; give it more: mpirun --bind-to none, or --map-by slot:PE=3; "
        "srun --cpus-per-task=3");
  CHECK_FALSE(crowding(0, 4, Cores{4, 8}));
  CHECK_FALSE(crowding(0, 16, Cores{8, 8}));  // that is all there are
  CHECK(base::describe({8, 8}) == "8 cores here");
  CHECK(base::describe({1, 8}) == "1 of 8 cores here");
  CHECK(Cores::now().usable <= Cores::now().of_host);
}
