#include "trace/key_choice.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "adapm/error.hpp"
#include "adapm/options.hpp"

using namespace adapm;
using trace::KeyChoice;
using trace::choose_keys;

namespace {

std::vector<Key> keys_of(const KeyChoice& choice) {
  std::vector<Key> keys;
  for (Key key = 0; key < choice.num_keys(); ++key)
    if (choice.contains(key)) keys.push_back(key);
  return keys;
}

std::vector<Key> chosen(const std::string& text, std::uint64_t num_keys = 200) {
  return keys_of(choose_keys(text, num_keys));
}

using Keys = std::vector<Key>;

}  // namespace

TEST_CASE("keys are chosen by number, by range, or all") {
  CHECK(chosen("17") == Keys{17});
  CHECK(chosen("199,3,60-67,64,0-0") == Keys{0, 3, 60, 61, 62, 63, 64, 65, 66, 67, 199});
  CHECK(chosen("all", 3) == Keys{0, 1, 2});
  CHECK(chosen("random-3,all", 3) == Keys{0, 1, 2});
}

TEST_CASE("chosen keys are numbered in their order") {
  const KeyChoice choice = choose_keys("1,63,64,65,128-191", 200);
  const std::vector<Key> keys = keys_of(choice);
  REQUIRE(choice.count() == keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) CHECK(choice.number_of(keys[i]) == i);
}

TEST_CASE("random keys are as many, of the range, the same each time, and others with another seed") {
  const std::vector<Key> some = chosen("random-50");
  CHECK(some.size() == 50);
  CHECK(chosen("random-50") == some);
  CHECK(chosen("random-50-seed-3") != some);
  CHECK(chosen("random-200").size() == 200);
  CHECK(chosen("random-0").empty());
  const std::vector<Key> of_range = chosen("random-10-seed-1-range-100-120");
  CHECK(of_range.size() == 10);
  CHECK(of_range.front() >= 100);
  CHECK(of_range.back() < 120);
  CHECK(chosen("random-5-range-195-0") == Keys{195, 196, 197, 198, 199});  // without end, as in AdaPM
}

TEST_CASE("random keys are chosen evenly") {
  std::vector<int> times(20);
  for (int seed = 0; seed < 2000; ++seed)
    for (const Key key : chosen("random-5-seed-" + std::to_string(seed), 20)) ++times[key];
  for (const int n : times) CHECK(n == Approx(500).epsilon(0.25));
}

TEST_CASE("what is no choice of keys is refused, with the option's name") {
  for (const char* text : {"some", "3-", "-3", "3,", ",", "5-4", "3x", "1-2-3", "random", "random-", "random-x", "all3",
                           "random-3-seed-", "random-3-range-1", "random-3-range-9-4", "99999999999999999999"}) {
    INFO(text);
    Options options;
    CHECK_THROWS_WITH(set_option(options, "sys.trace.keys", text), Catch::Contains("--sys.trace.keys"));
    CHECK(options.trace_keys.empty());
  }
  Options options;
  set_option(options, "sys.trace.keys", "7,random-3");
  set_option(options, "sys.trace.keys", "");
  CHECK(options.trace_keys.empty());
}

TEST_CASE("keys that the store has not are refused") {
  for (const char* text : {"200", "190-200", "3,1000", "random-201", "random-5-range-198-0", "random-1-range-200-0"}) {
    INFO(text);
    CHECK_NOTHROW(trace::check_key_choice(text));
    CHECK_THROWS_AS(chosen(text), ConfigurationError);
    CHECK_THROWS_WITH(chosen(text), Catch::Contains("--sys.trace.keys"));
  }
}
