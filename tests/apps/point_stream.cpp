#include "kge/point_stream.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <tuple>

namespace adapm::kge {

namespace {

std::vector<Triple> make_triples(std::size_t count) {
  std::vector<Triple> triples;
  for (std::size_t i = 0; i < count; ++i) {
    triples.push_back({static_cast<Id>(i), static_cast<Id>(i % 3), static_cast<Id>(i + 1)});
  }
  return triples;
}

Shape shape_for(std::size_t count) { return {ModelKind::complex, 4, static_cast<Id>(count + 1), 3}; }

std::vector<TripleKeys> epoch(PointStream& stream) {
  std::vector<TripleKeys> triples(stream.points_per_epoch());
  for (TripleKeys& triple : triples) triple = stream.next();
  return triples;
}

}  // namespace

TEST_CASE("every epoch of all workers has every triple once, in a new order") {
  const std::size_t count = 100;
  const auto triples = make_triples(count);
  std::map<std::tuple<Key, Key, Key>, int> seen;
  for (std::size_t w = 0; w < 3; ++w) {
    PointStream stream(triples, shape_for(count), 1, {w, 3}, 1);
    const auto first = epoch(stream);
    const auto second = epoch(stream);
    CHECK(first != second);
    for (const auto* points : {&first, &second}) {
      for (const auto& p : *points) ++seen[{p[0], p[1], p[2]}];
    }
  }
  CHECK(seen.size() == count);
  for (const auto& [keys, times] : seen) {
    CHECK(times == 2);
    CHECK(std::get<1>(keys) >= count + 1);  // relations come after entities
  }
}

TEST_CASE("triples follow from the seed, the worker and the epoch") {
  const auto triples = make_triples(50);
  const auto drawn = [&](std::uint64_t seed, WorkerPlace place, std::uint64_t first_epoch = 1) {
    PointStream stream(triples, shape_for(50), seed, place, first_epoch);
    return epoch(stream);
  };
  CHECK(drawn(1, {0, 2}) == drawn(1, {0, 2}));
  CHECK(drawn(1, {0, 2}) != drawn(2, {0, 2}));
  CHECK(drawn(1, {0, 2}) != drawn(1, {1, 2}));
  PointStream stream(triples, shape_for(50), 1, {0, 2}, 1);
  epoch(stream);
  CHECK(epoch(stream) == drawn(1, {0, 2}, 2));  // whoever begins later has the same
}

}  // namespace adapm::kge
