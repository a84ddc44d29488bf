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

TEST_CASE("shares of all workers cover everything once and differ by at most one") {
  for (const std::size_t total : {0UL, 1UL, 10UL, 1000UL}) {
    for (const std::size_t workers : {1UL, 3UL, 7UL}) {
      std::size_t next = 0;
      for (std::size_t w = 0; w < workers; ++w) {
        const Share share = share_of(total, {w, workers});
        CHECK(share.begin == next);
        CHECK((share.size() == total / workers || share.size() == total / workers + 1));
        next = share.end;
      }
      CHECK(next == total);
    }
  }
}

TEST_CASE("every epoch of all workers has every triple once, in a new order") {
  const std::size_t count = 100;
  const auto triples = make_triples(count);
  std::map<std::tuple<Key, Key, Key>, int> seen;
  for (std::size_t w = 0; w < 3; ++w) {
    PointStream stream(triples, shape_for(count), 1, {w, 3});
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

TEST_CASE("triples follow from the seed and the worker") {
  const auto triples = make_triples(50);
  const auto drawn = [&](std::uint64_t seed, WorkerPlace place) {
    PointStream stream(triples, shape_for(50), seed, place);
    return epoch(stream);
  };
  CHECK(drawn(1, {0, 2}) == drawn(1, {0, 2}));
  CHECK(drawn(1, {0, 2}) != drawn(2, {0, 2}));
  CHECK(drawn(1, {0, 2}) != drawn(1, {1, 2}));
}

}  // namespace adapm::kge
