#include "port/watchdog.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using adapm::Options;
using adapm::port::is_speaker;
using adapm::port::missing_ranks;
using adapm::port::names_of;
using adapm::port::Watchdog;
using Step = adapm::port::Watchdog::Step;

namespace {

/// A watchdog that warns after 30 s and ends the job after 100 s, and a clock.
struct Watched {
  Watchdog::Time now{1h};
  Watchdog dog;
  std::uint64_t arrivals = 0;

  explicit Watched(double warn = 30, double end = 100) : dog(options(warn, end), now) {}
  static Options options(double warn, double end) {
    Options options;
    options.watchdog_warn = warn;
    options.watchdog_end = end;
    return options;
  }

  /// Waits and looks often; returns the first step other than none, which must come after `seconds`.
  Step after(int seconds) {
    const auto due = now + std::chrono::seconds(seconds);
    while (now < due) {
      CHECK(dog.look(now, true, arrivals) == Step::none);
      now += 500ms;
    }
    return dog.look(now, true, arrivals);
  }
};

}  // namespace

TEST_CASE("a rank that waits asks who else waits, then warns ever more rarely, then gives up") {
  Watched w;
  CHECK(w.dog.look(w.now, false, 0) == Step::none);
  CHECK(w.after(15) == Step::ask);
  CHECK(w.after(15) == Step::warn);
  CHECK(w.after(30) == Step::warn);
  CHECK(w.after(40) == Step::end);
  CHECK(w.dog.look(w.now, true, 0) == Step::end);
}

TEST_CASE("whatever comes begins the wait anew") {
  Watched w;
  CHECK(w.after(15) == Step::ask);
  ++w.arrivals;
  CHECK(w.dog.look(w.now, true, w.arrivals) == Step::none);
  CHECK(w.after(15) == Step::ask);
  CHECK(w.after(15) == Step::warn);
}

TEST_CASE("the end of a wait is told if it was warned of") {
  Watched w;
  CHECK(w.after(15) == Step::ask);
  CHECK(w.after(15) == Step::warn);
  CHECK(w.dog.look(w.now, false, 0) == Step::relieved);
  CHECK(w.dog.last_wait() == 30s);
  CHECK(w.dog.look(w.now, false, 0) == Step::none);
}

TEST_CASE("time in which the rank itself was stopped is not time that it waited") {
  Watched w;
  CHECK(w.dog.look(w.now, true, 0) == Step::none);
  w.now += 24h;
  CHECK(w.dog.look(w.now, true, 0) == Step::none);
  CHECK(w.dog.waited() == Watchdog::longest_step);
}

TEST_CASE("limits of 0 are never reached") {
  Watched never(0, 0);
  CHECK(never.after(10'000) == Step::none);
  Watched only_warns(30, 0);
  CHECK(only_warns.after(15) == Step::ask);
  CHECK(only_warns.after(15) == Step::warn);
  Watched only_ends(0, 100);
  CHECK(only_ends.after(50) == Step::ask);
  CHECK(only_ends.after(50) == Step::end);
}

TEST_CASE(
    "missing are those who give no sign of life, also if another is awaited; the first of the others "
    "speaks") {
  const std::vector<int> awaited{1}, alive{3, 1};
  const std::vector<int> missing = missing_ranks(0, 4, alive, awaited);
  CHECK(missing == std::vector<int>{2});
  CHECK(is_speaker(0, missing));
  CHECK_FALSE(is_speaker(1, missing));
  CHECK_FALSE(is_speaker(0, std::vector<int>{0, 1}));
  CHECK(is_speaker(2, std::vector<int>{0, 1}));
}

TEST_CASE("if all give signs of life, those that are awaited are missing") {
  CHECK(missing_ranks(0, 3, std::vector<int>{1, 2}, std::vector<int>{2}) == std::vector<int>{2});
}

TEST_CASE("ranks are named with their hosts, many of them in short") {
  const std::vector<std::string> hosts{"a", "a", "b", "b", "c", "c"};
  CHECK(names_of(std::vector<int>{2}, hosts) == "rank 2 (b)");
  CHECK(names_of(std::vector<int>{0, 2, 4}, hosts) == "ranks 0 (a), 2 (b) and 4 (c)");
  CHECK(names_of(std::vector<int>{0, 1, 2, 3, 4}, hosts) == "ranks 0 (a), 1 (a), 2 (b) and 2 more");
}
