#include "intent/intent_ledger.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <utility>
#include <vector>

using namespace adapm;
using intent::IntentLedger;
using intent::IntentSource;

namespace {

/// A ledger with one worker and what its collects have reported.
struct Fixture {
  explicit Fixture(const Options& options = {}) : ledger(options) { ledger.add_source(source); }

  void collect() {
    begun.clear();
    ended.clear();
    ledger.collect([this](KeySpan keys) { begun.insert(begun.end(), keys.begin(), keys.end()); },
                   [this](KeySpan keys) { ended.insert(ended.end(), keys.begin(), keys.end()); });
  }
  void advance(int clocks) {
    for (int i = 0; i < clocks; ++i) source->advance();
  }
  void signal(Key key, Clock start, Clock end) { source->signal(KeySpan(&key, 1), start, end); }

  IntentLedger ledger;
  std::shared_ptr<IntentSource> source = std::make_shared<IntentSource>();
  std::vector<Key> begun, ended;
};

using Keys = std::vector<Key>;

Options untimed() {
  Options options;
  options.time_intent_actions = false;
  return options;
}

}  // namespace

TEST_CASE("an intent begins when its start comes within the horizon and ends when its end is reached") {
  Options options;
  options.timing_autotune = false;
  Fixture f(options);  // 10 clocks a round: a window of 39
  f.signal(1, 39, 50);
  f.signal(2, 40, 50);
  f.collect();
  CHECK(f.begun == Keys{1});
  f.source->advance();
  f.collect();
  CHECK(f.begun == Keys{2});
  f.advance(48);
  f.collect();
  CHECK(f.ended == Keys{});
  f.source->advance();  // clock 50
  f.collect();
  CHECK(f.ended == Keys{1, 2});
}

TEST_CASE("an intent that is over before it was due never begins") {
  Fixture f;
  f.signal(1, 0, 3);
  f.advance(3);
  f.collect();
  CHECK(f.begun == Keys{});
  CHECK(f.ended == Keys{});
  CHECK(f.ledger.late_share() == 1.0);
}

TEST_CASE("intents may be signalled out of order") {
  Fixture f(untimed());
  std::mt19937 random(7);
  std::vector<Clock> ends;
  for (Key key = 0; key < 200; ++key) {
    const auto start = static_cast<Clock>(random() % 50);
    const auto end = start + 1 + static_cast<Clock>(random() % 50);
    ends.push_back(end);
    f.signal(key, start, end);
  }
  f.collect();
  CHECK(f.begun.size() == 200);
  std::size_t ended = 0;
  for (Clock now = 1; now <= 100; ++now) {
    f.source->advance();
    f.collect();
    for (const Key key : f.ended) CHECK(ends[key] == now);
    ended += f.ended.size();
  }
  CHECK(ended == 200);
}

TEST_CASE("every intent begins once and ends once, in whatever order they are signalled and collected") {
  const auto seed = GENERATE(range(1, 40));
  CAPTURE(seed);
  std::mt19937 random(static_cast<unsigned>(seed));
  const auto below = [&](unsigned n) { return static_cast<Clock>(random() % n); };
  const unsigned disorder = seed % 3 == 0 ? 30 : 1;  // clocks
  Fixture f(untimed());
  std::vector<Clock> end_of;
  std::vector<int> state;  // 0 signalled, 1 begun, 2 over
  Clock start = 0;
  for (int step = 0; step < 400; ++step) {
    const auto key = static_cast<Key>(end_of.size());
    const Clock from = start + below(disorder);
    end_of.push_back(below(20) == 0 ? clock_forever : from + 1 + below(disorder));
    state.push_back(0);
    f.signal(key, from, end_of.back());
    start += below(2);
    f.advance(static_cast<int>(below(2)));
    if (below(4) != 0) continue;
    const Clock now = f.source->clock();
    f.collect();
    for (const Key begun : f.begun) REQUIRE(std::exchange(state[begun], 1) == 0);
    for (const Key ended : f.ended) REQUIRE(std::exchange(state[ended], 2) == 1);
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (end_of[i] <= now) REQUIRE(state[i] != 1);
      if (end_of[i] > now) REQUIRE(state[i] == 1);
    }
  }
  f.source->finish();
  f.collect();
  for (const Key ended : f.ended) REQUIRE(std::exchange(state[ended], 2) == 1);
  CHECK(std::count(state.begin(), state.end(), 1) == 0);
}

TEST_CASE("all intents of a worker that has finished are over") {
  Fixture f(untimed());
  f.signal(1, 0, clock_forever);
  f.collect();
  CHECK(f.begun == Keys{1});
  f.signal(2, 0, 10);
  f.source->finish();
  f.collect();
  CHECK(f.begun == Keys{});
  CHECK(f.ended == Keys{1});
}

TEST_CASE("what begins in a round is reported before what ends in it") {
  Fixture f(untimed());
  f.signal(5, 0, 1);
  f.collect();
  f.signal(5, 1, 2);
  f.source->advance();
  std::vector<char> order;
  f.ledger.collect([&](KeySpan) { order.push_back('b'); }, [&](KeySpan) { order.push_back('e'); });
  CHECK(order == std::vector<char>{'b', 'e'});
}
