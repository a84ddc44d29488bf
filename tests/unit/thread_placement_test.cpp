#include "base/thread_placement.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

namespace adapm::base {
namespace {

const std::vector<Units> four_cores{{0}, {1}, {2}, {3}};
/// The second hardware threads have the numbers from 4 on.
const std::vector<Units> four_cores_of_two{{0, 4}, {1, 5}, {2, 6}, {3, 7}};

TEST_CASE("workers leave the last core to the progress thread") {
  const auto placed = place_threads(four_cores, {1, 0}, 3);
  REQUIRE(placed);
  CHECK(placed->workers == Units{0, 1, 2});
  CHECK(placed->progress == Units{3});
}

TEST_CASE("where there are too few cores, threads are left where they are") {
  CHECK_FALSE(place_threads(four_cores, {1, 0}, 4));
  CHECK_FALSE(place_threads(four_cores, {2, 0}, 2));
  CHECK_FALSE(place_threads({}, {1, 0}, 1));
}

TEST_CASE("without workers nothing is left to anybody") {
  CHECK_FALSE(place_threads(four_cores, {1, 0}, 0));
  CHECK_FALSE(place_threads({{0}, {1}}, {2, 0}, 0));
}

TEST_CASE("ranks on the same cores leave one for each progress thread") {
  for (const int rank : {0, 1}) {
    const auto placed = place_threads(four_cores, {2, rank}, 1);
    REQUIRE(placed);
    CHECK(placed->workers == Units{0, 1});
    CHECK(placed->progress == Units{3 - rank});
  }
}

TEST_CASE("whole cores are left if they suffice, else hardware threads") {
  const auto by_cores = place_threads(four_cores_of_two, {1, 0}, 3);
  REQUIRE(by_cores);
  CHECK(by_cores->workers == Units{0, 1, 2, 4, 5, 6});
  CHECK(by_cores->progress == Units{3, 7});
  const auto by_units = place_threads(four_cores_of_two, {1, 0}, 7);
  REQUIRE(by_units);
  CHECK(by_units->workers == Units{0, 1, 2, 3, 4, 5, 6});
  CHECK(by_units->progress == Units{7});
}

TEST_CASE("ranks share units if they may run on some of the same") {
  const std::vector<Units> ranks{{0, 1}, {2, 3}, {0, 1}, {1, 2}};
  CHECK(sharing_of(ranks, 0).ranks == 3);
  CHECK(sharing_of(ranks, 0).index == 0);
  CHECK(sharing_of(ranks, 2).index == 1);
  CHECK(sharing_of(ranks, 1).ranks == 2);
  CHECK(sharing_of({{}}, 0).ranks == 1);
}

TEST_CASE("units are written as ranges") {
  CHECK(text_of({}).empty());
  CHECK(text_of({3}) == "3");
  CHECK(text_of({0, 1, 2, 5, 7, 8}) == "0-2,5,7-8");
}

TEST_CASE("this machine's cores have the units that may be used, and a thread runs where it is told to") {
  const Units usable = usable_units();
  REQUIRE_FALSE(usable.empty());
  Units all;
  for (const Units& core : by_core(usable)) all.insert(all.end(), core.begin(), core.end());
  std::sort(all.begin(), all.end());
  CHECK(all == usable);
  CHECK(by_core({usable.back()}) == std::vector<Units>{{usable.back()}});
  Units of_thread;
  bool moved = false;
  std::thread([&] {
    moved = run_on(pthread_self(), {usable.back()});
    of_thread = usable_units();
  }).join();
  CHECK(moved);
  CHECK(of_thread == Units{usable.back()});
}

}  // namespace
}  // namespace adapm::base
