#include "matrix_factorization/block_schedule.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "matrix_factorization/bold_driver.hpp"
#include "matrix_factorization/partition.hpp"

namespace adapm::mf {

TEST_CASE("in a sub-epoch the workers have different blocks; in an epoch each worker has each block once") {
  for (const std::size_t workers : {1U, 2U, 3U, 4U, 7U, 16U}) {
    for (std::uint64_t epoch = 1; epoch <= 5; ++epoch) {
      const BlockSchedule schedule(workers, 3, epoch);
      REQUIRE(schedule.sub_epochs() == workers);
      for (std::size_t i = 0; i < workers; ++i) {
        std::set<std::size_t> at_a_time;
        std::set<std::size_t> of_a_worker;
        for (std::size_t j = 0; j < workers; ++j) {
          at_a_time.insert(schedule.block(i, j));
          of_a_worker.insert(schedule.block(j, i));
        }
        CHECK((at_a_time.size() == workers && *at_a_time.rbegin() == workers - 1));
        CHECK((of_a_worker.size() == workers && *of_a_worker.rbegin() == workers - 1));
      }
    }
  }
}

TEST_CASE("schedules follow from seed and epoch, and differ between epochs") {
  const auto flat = [](std::uint64_t seed, std::uint64_t epoch) {
    const BlockSchedule schedule(8, seed, epoch);
    std::vector<std::size_t> blocks;
    for (std::size_t i = 0; i < 64; ++i) blocks.push_back(schedule.block(i / 8, i % 8));
    return blocks;
  };
  CHECK(flat(1, 1) == flat(1, 1));
  CHECK(flat(1, 1) != flat(1, 2));
  CHECK(flat(1, 1) != flat(2, 1));
}

TEST_CASE("parts cover everything in order and have about equally many cells") {
  std::vector<std::uint32_t> cells(1000);
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<std::uint32_t>(i % 7 * 10);
  const double total = std::accumulate(cells.begin(), cells.end(), 0.0);
  for (const std::size_t parts : {1U, 2U, 3U, 10U}) {
    const std::vector<Index> boundaries = balanced_boundaries(cells, parts);
    REQUIRE(boundaries.size() == parts + 1);
    CHECK(boundaries.front() == 0);
    CHECK(boundaries.back() == 1000);
    for (std::size_t part = 0; part < parts; ++part) {
      const double sum =
          std::accumulate(cells.begin() + boundaries[part], cells.begin() + boundaries[part + 1], 0.0);
      CHECK(sum == Approx(total / static_cast<double>(parts)).margin(120));
    }
  }
}

TEST_CASE("there may be more parts than indices, and an index with nearly all cells") {
  for (const std::vector<std::uint32_t>& cells :
       {std::vector<std::uint32_t>{5, 1, 2}, {1000, 1, 1, 1}, {1, 1, 1000}}) {
    const std::vector<Index> boundaries = balanced_boundaries(cells, 6);
    REQUIRE(boundaries.size() == 7);
    CHECK(std::is_sorted(boundaries.begin(), boundaries.end()));
    CHECK(boundaries.back() == cells.size());
    for (Index i = 0; i < cells.size(); ++i) {
      const std::size_t part = part_of(boundaries, i);
      CHECK((boundaries[part] <= i && i < boundaries[part + 1]));
    }
  }
}

TEST_CASE(
    "the bold driver's step grows while the loss falls and is halved when it rises or is not a number") {
  BoldDriver driver{0.1};
  driver.observe(10);
  CHECK(driver.step == Approx(0.105));
  driver.observe(9);
  CHECK(driver.step == Approx(0.11025));
  driver.observe(9.5);
  CHECK(driver.step == Approx(0.055125));
  driver.observe(9.4);
  CHECK(driver.step == Approx(0.05788125));
  driver.observe(std::numeric_limits<double>::quiet_NaN());
  CHECK(driver.step == Approx(0.028940625));
}

}  // namespace adapm::mf
