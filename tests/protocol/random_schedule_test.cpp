// Random schedules of 2 to 5 simulated ranks. A failing seed is printed; ADAPM_FIRST_SEED=<seed> ADAPM_SEEDS=1 runs
// it again.
#include "random_schedule.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("random schedules keep every key and every update") {
  const std::uint64_t first = number_from("ADAPM_FIRST_SEED", 1);
  const std::uint64_t count = number_from("ADAPM_SEEDS", 10000);
  std::uint64_t rounds = 0, moves = 0, replicas = 0, shares = 0, checkpoints = 0, added_up = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const auto result = adapm::test::run_random_schedule(seed);
    INFO("seed " << seed << "; again with ADAPM_FIRST_SEED=" << seed << " ADAPM_SEEDS=1");
    REQUIRE(result.failure == "");
    rounds += result.rounds;
    moves += result.moves;
    replicas += result.replicas;
    shares += result.shares;
    checkpoints += static_cast<std::uint64_t>(result.checkpoints);
    added_up += result.added_up;
  }
  WARN(count << " schedules: " << rounds << " rounds, " << moves << " moves, " << replicas << " replicas, " << shares
             << " shares, " << checkpoints << " checkpoints, " << added_up << " updates added up on their way");
  // A scheduler that makes nothing happen would prove nothing.
  if (count >= 100) {
    CHECK(rounds > 5 * count);
    CHECK(moves > count / 2);
    CHECK(replicas > count / 2);
    CHECK(shares > count / 2);
    CHECK(checkpoints > count / 2);
    CHECK(added_up > count / 50);
  }
}
