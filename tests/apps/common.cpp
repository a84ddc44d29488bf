#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <csignal>
#include <limits>
#include <map>
#include <numeric>

#include "common/atomic_file.hpp"
#include "common/distinct_keys.hpp"
#include "common/fingerprint.hpp"
#include "common/interruption.hpp"
#include "common/key_numbers.hpp"
#include "common/metrics.hpp"
#include "common/program.hpp"
#include "common/progress.hpp"
#include "common/pull_range.hpp"
#include "common/random.hpp"
#include "common/team.hpp"
#include "common/text.hpp"
#include "common/threads.hpp"
#include "common/time.hpp"
#include "common/training_state.hpp"
#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"

namespace adapm::apps {

TEST_CASE("a JSON object keeps its members in order and escapes what it must") {
  JsonObject inner;
  inner.add("x", 0.25);
  JsonObject json;
  json.add("n", std::uint64_t{3}).add("text", std::string_view("a\"b\\\n")).add("inner", inner);
  CHECK(json.text() == R"({"n": 3, "text": "a\"b\\\u000a", "inner": {"x": 0.25}})");
}

TEST_CASE("a number that JSON cannot express is null") {
  JsonObject json;
  json.add("a", std::nan("")).add("b", std::numeric_limits<double>::infinity());
  CHECK(json.text() == R"({"a": null, "b": null})");
}

TEST_CASE("a metrics file has a line per object as soon as it is written") {
  const test::TemporaryDirectory directory;
  MetricsFile file(directory.path("metrics"));
  file.write(JsonObject().add("epoch", std::uint64_t{1}));
  CHECK(directory.read("metrics") == "{\"epoch\": 1}\n");
  file.write(JsonObject().add("epoch", std::uint64_t{2}));
  CHECK(directory.read("metrics") == "{\"epoch\": 1}\n{\"epoch\": 2}\n");
}

TEST_CASE("a metrics file that cannot be created is an error that names it") {
  const std::string message = test::message_of<std::runtime_error>([] { MetricsFile("/nowhere/metrics"); });
  CHECK_THAT(message, Catch::Contains("/nowhere/metrics") && Catch::Contains("No such file"));
}

TEST_CASE("durations and rates are short") {
  CHECK(format_duration(Seconds(1.24)) == "1.2 s");
  CHECK(format_duration(Seconds(59.96)) == "1 min 00 s");
  CHECK(format_duration(Seconds(185)) == "3 min 05 s");
  CHECK(format_duration(Seconds(7620)) == "2 h 07 min");
  CHECK(format_duration(Seconds(std::numeric_limits<double>::infinity())) == "?");
  CHECK(format_rate(950) == "950");
  CHECK(format_rate(12345) == "12.3 k");
  CHECK(format_rate(4.56e6) == "4.56 M");
}

TEST_CASE("texts are as long as they need to be") {
  CHECK(formatted("%d %s", 7, std::string(1000, 'x').c_str()) == "7 " + std::string(1000, 'x'));
  std::string text = "a ";
  append_numbers(text, std::vector<float>{0.5F, -1e-7F, 0.1F});
  CHECK(text == "a 0.5 -1e-07 0.1");
}

TEST_CASE("a progress line tells share, rate and time left") {
  const Progress progress("epoch 1/2", "triples", 1000);
  CHECK(progress.line(250, Seconds(10)) == "epoch 1/2  25 %, 25 triples/s, 30.0 s left");
}

TEST_CASE("the time budget ends training when another epoch would exceed it by more than 5 %") {
  const TimeBudget budget{Seconds(100)};
  CHECK_FALSE(budget.ends(Seconds(50), Seconds(50)));
  CHECK_FALSE(budget.ends(Seconds(95), Seconds(9.9)));
  CHECK(budget.ends(Seconds(95), Seconds(10.1)));
  CHECK(budget.ends(Seconds(100.1), Seconds(1)));
  CHECK_FALSE(TimeBudget{}.ends(Seconds(1e9), Seconds(1e9)));
  CHECK_FALSE(budget.exceeded(Seconds(104.9)));
  CHECK(budget.exceeded(Seconds(105.1)));
}

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

TEST_CASE("each key is at home with one worker of all ranks, on the rank that starts with it") {
  constexpr Key num_keys = 100;
  std::vector<int> visits(num_keys);
  for (std::size_t rank = 0; rank < 3; ++rank) {
    for (std::size_t index = 0; index < 2; ++index) {
      const Team team{rank, 3, 2};
      CHECK(team.place(index).index == 2 * rank + index);
      team.for_each_home_key(index, num_keys, [&](Key key) {
        ++visits[static_cast<std::size_t>(key)];
        CHECK(key % 3 == rank);
      });
    }
  }
  CHECK(visits == std::vector<int>(num_keys, 1));
}

TEST_CASE("a range of keys is visited in bounded portions, in order") {
  for (const Key size : {Key{0}, Key{1}, Key{1000}}) {
    Key next = 7;
    for_each_portion({7, 7 + size}, 1000, [&](KeySpan keys) {
      CHECK(keys.size() * 1000 <= std::size_t{1} << 18);
      for (const Key key : keys) CHECK(key == next++);
    });
    CHECK(next == 7 + size);
  }
  std::size_t portions = 0;
  for_each_portion({0, 3}, std::size_t{1} << 20, [&](KeySpan keys) { portions += keys.size(); });
  CHECK(portions == 3);  // a value longer than a portion has one to itself
}

TEST_CASE("work on threads is done for each number, and the first exception comes back") {
  std::vector<int> done(5);
  run_threads(5, [&](std::size_t i) { ++done[i]; });
  CHECK(done == std::vector<int>(5, 1));
  const std::string message = test::message_of<std::runtime_error>([] {
    run_threads(3, [](std::size_t i) {
      if (i > 0) throw std::runtime_error("expected from " + std::to_string(i));
    });
  });
  CHECK(message == "expected from 1");
}

TEST_CASE("an atomic file appears when it is committed") {
  const test::TemporaryDirectory directory;
  directory.write("file", "old");
  {
    AtomicFile file(directory.path("file"));
    file.write("new");
    CHECK(directory.read("file") == "old");
  }
  CHECK(directory.read("file") == "old");
  CHECK_FALSE(std::filesystem::exists(directory.path("file.tmp")));
  AtomicFile file(directory.path("file"));
  file.write("new");
  file.commit();
  CHECK(directory.read("file") == "new");
  CHECK_FALSE(std::filesystem::exists(directory.path("file.tmp")));
}

TEST_CASE("an atomic file that does not fit on the disk is an error and leaves the old one") {
  const test::TemporaryDirectory directory;
  directory.write("file", "old");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 4096;
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = test::message_of<std::runtime_error>([&] {
    AtomicFile file(directory.path("file"));
    file.write(std::string(100000, 'x'));
    file.commit();
  });
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK_THAT(message, Catch::Contains("cannot write " + directory.path("file")));
  CHECK(directory.read("file") == "old");
  CHECK_FALSE(std::filesystem::exists(directory.path("file.tmp")));
}

TEST_CASE("exceptions end a program with a message and the exit code of their kind") {
  CHECK(run_program("test", [] { return 7; }) == 7);
  CHECK(run_program("test", []() -> int { throw CommandLineError("expected in this test"); }) == 2);
  CHECK(run_program("test", []() -> int { throw InputError("expected in this test"); }) == 1);
  CHECK(run_program("test", []() -> int { throw 1; }) == 1);
}

TEST_CASE("a training state reads back as it was, bit by bit") {
  TrainingState state;
  state.epochs = 12;
  state.seconds = Seconds(0.1);
  state.epoch_seconds = Seconds(1.0 / 3);
  state.of_program = {std::numeric_limits<double>::infinity(), -1e-300};
  state.workers = {{7, {1, 2, 3, ~std::uint64_t{0}}, 64, {0.1, 1e300}}, {}};
  const Settings settings{{"--dim", "64"}, {"--dataset", "of 3 entities and  2 spaces"}};
  const SavedTraining saved = training_from_text(to_text(state, settings));
  CHECK(saved.state == state);
  CHECK(saved.settings == settings);
}

TEST_CASE("another text is no training state") {
  for (const char* text : {"", "epochs 3\n", "epochs many\nworker 0 1 1 1 1 0\n", "worker 0 1 1\n",
                           "seconds soon later\n", "rank 4\n"})
    CHECK_THAT(test::message_of<InputError>([&] { (void)training_from_text(text); }),
               Catch::Contains("no training run has saved"));
}

TEST_CASE("equal numbers in equal order have equal fingerprints") {
  CHECK(Fingerprint().add(1).add(2).text() == Fingerprint().add(1).add(2).text());
  CHECK(Fingerprint().add(1).add(2).text() != Fingerprint().add(2).add(1).text());
  CHECK(Fingerprint().add("ab").add("c").text() != Fingerprint().add("a").add("bc").text());
}

TEST_CASE("a signal that asks for an interruption does not end the program") {
  watch_for_interruption();
  CHECK_FALSE(interruption_has_come());
  std::raise(SIGTERM);
  CHECK(interruption_has_come());
}

TEST_CASE("a shuffled copy has the same items, in an order of the stream") {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> copy, again;
  Random random({1}), same({1});
  shuffled_copy<int>(items, copy, random);
  shuffled_copy<int>(items, again, same);
  CHECK(copy == again);
  CHECK(copy != items);
  CHECK(std::is_permutation(copy.begin(), copy.end(), items.begin()));
}

TEST_CASE("random streams are named by their words") {
  Random a({1, 2});
  Random same({1, 2});
  Random other({2, 1});
  const auto first = a();
  CHECK(first == same());
  CHECK(first != other());
}

TEST_CASE("random numbers have the distributions they promise") {
  Random random({1});
  constexpr int n = 200000;
  std::vector<int> counts(7);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < n; ++i) {
    ++counts[random.below(7U)];
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  for (const int count : counts) CHECK(count == Approx(n / 7.0).epsilon(0.03));
  CHECK(std::fabs(sum / n) < 0.01);
  CHECK(squares / n == Approx(1).epsilon(0.02));
}

TEST_CASE("shuffling keeps the items and depends on the stream only") {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  Random random({5});
  shuffle(shuffled, random);
  CHECK(shuffled != items);
  std::vector<int> again = items;
  Random same({5});
  shuffle(again, same);
  CHECK(shuffled == again);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == items);
}

TEST_CASE("keys get numbers, until they are forgotten") {
  KeyNumbers numbers;
  Random random({5});
  for (int round = 0; round < 100; ++round) {
    const std::size_t count = random.below(200U);
    numbers.reset(count);
    std::map<Key, std::uint32_t> expected;
    for (std::size_t i = 0; i < count; ++i) {
      const Key key = random.below(std::uint64_t{300}) << 40U;  // whose lower bits are all alike
      const auto fresh = static_cast<std::uint32_t>(expected.size());
      const std::uint32_t number = expected.emplace(key, fresh).first->second;
      CHECK(numbers.number(key, fresh) == number);
    }
  }
}

TEST_CASE("a list of different keys has each once") {
  DistinctKeys keys(10);
  for (int again = 0; again < 2; ++again) {
    for (const Key key : {3U, 9U, 3U, 0U, 9U}) keys.add(key);
    CHECK(std::vector<Key>(keys.keys().begin(), keys.keys().end()) == std::vector<Key>{3, 9, 0});
    keys.clear();
    CHECK(keys.keys().empty());
  }
}

}  // namespace adapm::apps
