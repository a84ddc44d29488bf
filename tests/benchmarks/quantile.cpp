#include "harness/quantile.hpp"

#include <catch2/catch.hpp>
#include <vector>

TEST_CASE("a quantile is a value that so many are not above") {
  std::vector<double> values{5, 1, 4, 2, 3};
  CHECK(adapm::bench::median(values) == 3);
  CHECK(adapm::bench::quantile(values, 0) == 1);
  CHECK(adapm::bench::quantile(values, 0.99) == 4);
  CHECK(adapm::bench::quantile(values, 1) == 5);
}
