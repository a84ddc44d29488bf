#include "progress/round_pace.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using adapm::Options;
using adapm::progress::RoundPace;

namespace {

constexpr RoundPace::Circumstances active{.active = true};
constexpr RoundPace::Circumstances quiet{};
const RoundPace::Time start{1h};

}  // namespace

TEST_CASE("rounds are at most as frequent as allowed") {
  RoundPace pace{Options{}};  // 1000 a second
  pace.begins(start);
  pace.ends(start, true, 0ns);
  CHECK_FALSE(pace.due(start + 900us, active));
  CHECK(pace.due(start + 1ms, active));
}

TEST_CASE("a pause counts from the end of the last round") {
  Options options;
  options.sync_pause_ms = 5;
  RoundPace pace{options};
  pace.begins(start);
  pace.ends(start + 3ms, true, 0ns);
  CHECK_FALSE(pace.due(start + 7ms, active));
  CHECK(pace.due(start + 8ms, active));
}

TEST_CASE("rounds that carry nothing become rare, but news, a waiting thread and other ranks are not kept waiting") {
  RoundPace pace{Options{}};
  for (int i = 0; i < 50; ++i) {
    pace.begins(start);
    pace.ends(start, false, 0ns);
  }
  CHECK_FALSE(pace.due(start + 99ms, quiet));
  CHECK(pace.due(start + 100ms, quiet));
  CHECK(pace.due(start + 1ms, active));
  CHECK(pace.due(start + 1ms, {.urgent = true}));
  CHECK(pace.due(start + 1ms, {.invited = true}));
}

TEST_CASE("a rest keeps news waiting, but no thread and no other rank") {
  RoundPace pace{Options{}};
  pace.begins(start);
  pace.ends(start, true, 40ms);
  CHECK_FALSE(pace.due(start + 39ms, active));
  CHECK(pace.due(start + 40ms, active));
  CHECK(pace.due(start + 1ms, {.urgent = true}));
  CHECK(pace.due(start + 1ms, {.invited = true}));
}

TEST_CASE("only ranks whose cores are shared rest") {
  CHECK(RoundPace::rest_after(2ms, true) == 2ms * RoundPace::rest_per_cost);
  CHECK(RoundPace::rest_after(2ms, false) == 0ns);
  CHECK(RoundPace::rest_after(10s, true) == RoundPace::longest_rest);
}

TEST_CASE("rests grow while intents are in time and nobody waits, else they shrink") {
  RoundPace pace{Options{}};
  CHECK(pace.tolerable_rest() == 0ns);
  for (int i = 0; i < 100; ++i) pace.learn_lateness(0, 0.01);
  CHECK(pace.tolerable_rest() == RoundPace::longest_rest);
  for (int i = 0; i < 40; ++i) pace.learn_lateness(0.5, 0);
  CHECK(pace.tolerable_rest() < 1us);
  for (int i = 0; i < 100; ++i) pace.learn_lateness(0, 0);
  for (int i = 0; i < 40; ++i) pace.learn_lateness(0, 0.5);
  CHECK(pace.tolerable_rest() < 1us);
}
