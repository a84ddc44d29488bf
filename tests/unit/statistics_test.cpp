#include "adapm/statistics.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <string>

#include "stats/call_timer.hpp"

using adapm::Statistics;

TEST_CASE("statistics survive transfer, sum and difference") {
  Statistics a;
  a.pulled = {1, 2, 5, 3, 4};
  a.pushed.remote = 5;
  a.rounds = 6;
  a.one_sided_reads = 7;
  a.owned_keys = 8;
  a.wait_seconds = 0.5;
  a.round_seconds = 1.5;
  a.seconds = 3;
  const Statistics copy = adapm::from_doubles(adapm::to_doubles(a));
  CHECK(copy.pulled.neighbour == 3);
  CHECK(copy.one_sided_reads == 7);
  CHECK(copy.wait_seconds == 0.5);
  CHECK(copy.round_seconds == 1.5);

  Statistics sum = a;
  sum += a;
  CHECK(sum.pulled.total() == 30);
  CHECK(sum.rounds == 12);
  CHECK(sum.owned_keys == 16);
  CHECK(sum.seconds == 3);

  sum -= a;
  CHECK(sum.rounds == 6);
  CHECK(sum.wait_seconds == 0.5);
  CHECK(sum.owned_keys == 16);  // a level, not a count
}

TEST_CASE("statistics have the names of their places in a transfer") {
  Statistics a;
  a.pulled.replica = 1;
  a.pushed.remote = 2;
  a.rounds = 3;
  a.moves_out = 4;
  a.one_sided_reads = 5;
  a.memory_bytes = 6;
  a.access_seconds = 7;
  const std::vector<double> values = adapm::to_doubles(a);
  const auto names = adapm::statistic_names();
  REQUIRE(names.size() == values.size());
  std::map<std::string, double> named;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (values[i] != 0) named[names[i]] = values[i];
  CHECK(named == std::map<std::string, double>{{"pulled.replica", 1},
                                               {"pushed.remote", 2},
                                               {"rounds", 3},
                                               {"moves_out", 4},
                                               {"one_sided_reads", 5},
                                               {"memory_bytes", 6},
                                               {"access_seconds", 7}});
}

TEST_CASE("the local share counts main copies and replicas") {
  CHECK(adapm::AccessCounts{}.local_share() == 1);
  CHECK(adapm::AccessCounts{5, 2, 1, 1, 1}.local_share() == Approx(0.9));
}

namespace {

/// A clock by which everything takes ten nanoseconds.
struct SlowClock {
  using time_point = std::chrono::time_point<SlowClock, std::chrono::nanoseconds>;
  static time_point now() { return time_point(std::chrono::nanoseconds(10 * ++calls)); }
  static inline int calls = 0;
};

}  // namespace

TEST_CASE("the time of many calls is told by timing a few") {
  adapm::stats::Counter nanoseconds;
  adapm::stats::CallTimer<SlowClock> timed(nanoseconds);
  SlowClock::calls = 0;
  constexpr int calls = 100'000;
  int made = 0;
  for (int i = 0; i < calls; ++i) timed([&] { return ++made; });
  CHECK(made == calls);
  CHECK(SlowClock::calls < calls / 25);  // two looks at the clock, at one call in 64
  CHECK(static_cast<double>(nanoseconds.value()) == Approx(10.0 * calls).epsilon(0.1));
}

TEST_CASE("a call that may take long is always timed") {
  adapm::stats::Counter nanoseconds;
  for (int i = 0; i < 3; ++i) adapm::stats::CallTimer<SlowClock>::every(nanoseconds, [] {});
  CHECK(nanoseconds.value() == 30);
}
