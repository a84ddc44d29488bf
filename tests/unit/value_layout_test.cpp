#include "adapm/value_layout.hpp"

#include <catch2/catch.hpp>

#include "adapm/error.hpp"

using adapm::Key;
using adapm::UsageError;
using adapm::ValueLayout;

TEST_CASE("lengths add up, repetitions counted") {
  const auto uniform = ValueLayout::uniform(10, 3);
  const std::vector<Key> keys{1, 1, 9};
  CHECK(uniform.total_length(keys) == 9);
  const auto varied = ValueLayout::per_key({2, 5, 1});
  CHECK(varied.num_keys() == 3);
  CHECK(varied.total_length(std::vector<Key>{1, 1, 2}) == 11);
  CHECK(varied.total_length({}) == 0);
}

TEST_CASE("layouts are equal if keys and lengths are") {
  CHECK(ValueLayout::uniform(3, 2) == ValueLayout::uniform(3, 2));
  CHECK_FALSE(ValueLayout::uniform(3, 2) == ValueLayout::uniform(3, 1));
  CHECK(ValueLayout::per_key({1, 2}) == ValueLayout::per_key({1, 2}));
  CHECK_FALSE(ValueLayout::per_key({1, 2}) == ValueLayout::per_key({2, 1}));
}

TEST_CASE("empty layouts are refused") {
  CHECK_THROWS_AS(ValueLayout::uniform(0, 1), UsageError);
  CHECK_THROWS_AS(ValueLayout::uniform(1, 0), UsageError);
  CHECK_THROWS_AS(ValueLayout::per_key({}), UsageError);
  CHECK_THROWS_WITH(ValueLayout::per_key({1, 0, 2}), Catch::Contains("key 1"));
}
