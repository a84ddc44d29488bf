#include "harness/key_stream.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace adapm::bench {
namespace {

constexpr std::uint64_t num_keys = 1000;
constexpr int draws = 200'000;

std::vector<int> counts(const KeyLaw& law, apps::WorkerPlace rank) {
  KeyStream stream(law, rank, 1, 0);
  std::vector<int> counted(num_keys);
  for (int i = 0; i < draws; ++i) ++counted.at(stream.next());
  return counted;
}

int total(const std::vector<int>& counted, std::size_t begin, std::size_t end) {
  int sum = 0;
  for (std::size_t key = begin; key < end; ++key) sum += counted[key];
  return sum;
}

TEST_CASE("uniform keys are all alike") {
  const std::vector<int> counted = counts({num_keys, 0, 0}, {});
  for (std::size_t hundred = 0; hundred < num_keys; hundred += 100)
    CHECK(total(counted, hundred, hundred + 100) == Approx(draws / 10).epsilon(0.03));
}

TEST_CASE("by Zipf's law a key is as frequent as its number is small") {
  const std::vector<int> counted = counts({num_keys, 1, 0}, {});
  CHECK(counted[0] == Approx(2 * counted[1]).epsilon(0.05));
  CHECK(counted[0] == Approx(10 * counted[9]).epsilon(0.1));
  CHECK(counted[0] == Approx(draws / 7.4855).epsilon(0.03));  // the sum of 1/k up to 1000
}

TEST_CASE("the share of keys that is asked for comes from the rank's own part") {
  for (const double share : {0.0, 0.5, 1.0}) {
    const std::vector<int> counted = counts({num_keys, 0, share}, {2, 4});
    CHECK(total(counted, 500, 750) == Approx(draws * (share + (1 - share) / 4)).epsilon(0.02));
  }
}

TEST_CASE("workers have streams of their own, the same in every run") {
  const auto keys = [](std::uint64_t worker) {
    KeyStream stream({num_keys, 0, 0}, {}, 1, worker);
    std::vector<Key> drawn(10);
    stream.next(drawn);
    return drawn;
  };
  CHECK(keys(0) == keys(0));
  CHECK(keys(0) != keys(1));
}

}  // namespace
}  // namespace adapm::bench
