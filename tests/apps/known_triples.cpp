#include "kge/known_triples.hpp"

#include <catch2/catch.hpp>

namespace adapm::kge {

namespace {

std::vector<Id> list(std::span<const Id> ids) { return {ids.begin(), ids.end()}; }

}  // namespace

TEST_CASE("known triples come from all splits, sorted and once each") {
  Dataset data;
  data.train = {{0, 0, 5}, {0, 0, 3}, {0, 0, 5}, {1, 0, 5}};
  data.valid = {{0, 0, 4}, {0, 1, 4}};
  data.test = {{2, 0, 5}};
  const KnownTriples known(data);
  CHECK(list(known.objects(0, 0)) == std::vector<Id>{3, 4, 5});
  CHECK(list(known.objects(0, 1)) == std::vector<Id>{4});
  CHECK(list(known.subjects(0, 5)) == std::vector<Id>{0, 1, 2});
  CHECK(list(known.subjects(1, 4)) == std::vector<Id>{0});
  CHECK(known.objects(5, 0).empty());
  CHECK(known.objects(0, 2).empty());
  CHECK(known.subjects(1, 5).empty());
}

TEST_CASE("no triples, none known") {
  const KnownTriples known(Dataset{});
  CHECK(known.objects(0, 0).empty());
  CHECK(known.subjects(0, 0).empty());
}

}  // namespace adapm::kge
