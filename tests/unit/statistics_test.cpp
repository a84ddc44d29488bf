#include "adapm/statistics.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>

using adapm::Statistics;

TEST_CASE("statistics survive transfer, sum and difference") {
  Statistics a;
  a.pulled = {1, 2, 5, 3, 4};
  a.pushed.remote = 5;
  a.rounds = 6;
  a.one_sided_reads = 7;
  a.owned_keys = 8;
  a.round_seconds = 1.5;
  a.seconds = 3;
  const Statistics copy = adapm::from_doubles(adapm::to_doubles(a));
  CHECK(copy.pulled.neighbour == 3);
  CHECK(copy.one_sided_reads == 7);
  CHECK(copy.round_seconds == 1.5);

  Statistics sum = a;
  sum += a;
  CHECK(sum.pulled.total() == 30);
  CHECK(sum.rounds == 12);
  CHECK(sum.owned_keys == 16);
  CHECK(sum.seconds == 3);

  sum -= a;
  CHECK(sum.rounds == 6);
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
