#include "base/dense_map.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <random>

using Map = adapm::base::DenseMap<int>;

namespace {

std::map<std::uint64_t, int> contents(Map& map) {
  std::map<std::uint64_t, int> all;
  for (const auto& [key, value] : map) all[key] = value;
  return all;
}

}  // namespace

TEST_CASE("a dense map holds what a map holds, through insertions and removals, growing and shrinking") {
  const auto keys = GENERATE(std::uint64_t{40}, 3000);             // so that many are there again and again
  const auto stride = GENERATE(std::uint64_t{1}, 2, 1ULL << 40U);  // neighbours, one rank's home keys, far apart
  std::mt19937_64 random(keys + stride);
  Map map;
  std::map<std::uint64_t, int> expected;
  int wrong = 0;
  for (int step = 0; step < 60000; ++step) {
    const std::uint64_t key = random() % keys * stride;
    const bool grows = step / 10000 % 2 == 0;
    if (random() % 8 < (grows ? 6U : 2U)) {
      map.find_or_insert(key, step) += 1;
      expected.try_emplace(key, step).first->second += 1;
    } else {
      const auto there = expected.find(key);
      const std::optional<int> taken = map.take(key);
      if (taken.has_value() != (there != expected.end()) || (taken && *taken != there->second)) ++wrong;
      if (there != expected.end()) expected.erase(there);
    }
    const auto found = expected.find(key);
    const int* const value = map.find(key);
    if ((value == nullptr) != (found == expected.end()) || (value != nullptr && *value != found->second)) ++wrong;
    if (map.size() != expected.size()) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(contents(map) == expected);
  while (!expected.empty()) {
    if (map.take(expected.begin()->first) != expected.begin()->second) ++wrong;
    expected.erase(expected.begin());
    for (const auto& [key, value] : expected)
      if (expected.size() % 97 == 0 && !map.contains(key)) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(map.size() == 0);
  CHECK(map.begin() == map.end());
}
