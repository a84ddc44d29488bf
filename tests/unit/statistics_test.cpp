#include "adapm/statistics.hpp"

#include <catch2/catch.hpp>

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

TEST_CASE("the local share counts main copies and replicas") {
  CHECK(adapm::AccessCounts{}.local_share() == 1);
  CHECK(adapm::AccessCounts{5, 2, 1, 1, 1}.local_share() == Approx(0.9));
}
