#include "round/decision.hpp"

#include <catch2/catch.hpp>

using adapm::Techniques;
using adapm::round::decide;
using adapm::round::Interest;
using adapm::round::Placement;

TEST_CASE("a key moves when exactly one other rank is interested in it") {
  CHECK(decide(Techniques::all, {false, 0, 0, 1}) == Placement::move);  // the only asker
  CHECK(decide(Techniques::all, {false, 1, 0, 0}) == Placement::move);  // the only holder left
}

TEST_CASE("a key is replicated when several ranks are interested in it") {
  CHECK(decide(Techniques::all, {true, 0, 0, 1}) == Placement::replicate);
  CHECK(decide(Techniques::all, {false, 1, 0, 1}) == Placement::replicate);
  CHECK(decide(Techniques::all, {false, 0, 0, 2}) == Placement::replicate);
}

TEST_CASE("a key stays when nobody else is interested, or its owner still is") {
  CHECK(decide(Techniques::all, {false, 0, 0, 0}) == Placement::stay);
  CHECK(decide(Techniques::all, {true, 1, 0, 0}) == Placement::stay);
  CHECK(decide(Techniques::all, {false, 2, 0, 0}) == Placement::stay);
}

TEST_CASE("a key that a neighbour shares stays in their memory") {
  CHECK(decide(Techniques::all, {false, 0, 1, 0}) == Placement::stay);
  CHECK(decide(Techniques::all, {false, 1, 1, 0}) == Placement::stay);
  CHECK(decide(Techniques::all, {false, 0, 1, 1}) == Placement::replicate);
  CHECK(decide(Techniques::all, {false, 0, 0, 1, true}) == Placement::replicate);  // a neighbour alone asks
}

TEST_CASE("replication only never moves, relocation only never replicates") {
  for (const bool owner : {false, true}) {
    for (std::size_t others = 0; others < 16; ++others) {
      const std::size_t replicas = others % 4, sharers = others / 4;
      for (std::size_t askers = 0; askers < 4; ++askers) {
        for (const bool turn : {false, true}) {
          for (const bool neighbours : {false, true}) {
            const Interest interest{owner, replicas, sharers, askers, neighbours, turn};
            CHECK(decide(Techniques::replication_only, interest) != Placement::move);
            CHECK(decide(Techniques::relocation_only, interest) != Placement::replicate);
            if (askers > 0) CHECK(decide(Techniques::replication_only, interest) == Placement::replicate);
          }
        }
      }
    }
  }
}

TEST_CASE("relocation only: an uncontested key moves at once, a contested one when it is its turn") {
  CHECK(decide(Techniques::relocation_only, {false, 0, 0, 1, false, false}) == Placement::move);
  CHECK(decide(Techniques::relocation_only, {true, 0, 0, 1, false, false}) == Placement::stay);
  CHECK(decide(Techniques::relocation_only, {false, 0, 0, 2, false, false}) == Placement::stay);
  CHECK(decide(Techniques::relocation_only, {true, 0, 0, 1, false, true}) == Placement::move);
}
