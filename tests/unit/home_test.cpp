#include "directory/home.hpp"

#include <catch2/catch.hpp>
#include <initializer_list>

using adapm::directory::home_of;
using adapm::directory::Homes;

namespace {

/// Without CHECK, which takes a thousand times as long.
bool is_exact(const Homes& homes, std::uint64_t key, int num_ranks) {
  const Homes::Home home = homes(key);
  return home.rank == home_of(key, num_ranks) && home.index == key / static_cast<std::uint64_t>(num_ranks);
}

}  // namespace

TEST_CASE("homes without division are those with division, for all numbers of ranks and up to the largest key") {
  constexpr int most_ranks = 1 << 19;
  for (int ranks = 1; ranks <= most_ranks; ranks += ranks < 300 ? 1 : 997) {
    const Homes homes(ranks);
    const auto step = static_cast<std::uint64_t>(ranks);
    bool exact = true;
    for (std::uint64_t key = 0; key < 3 * step && key < 1000; ++key) exact &= is_exact(homes, key, ranks);
    // About multiples of the number of ranks, where an error would be first, up to the last key.
    for (std::uint64_t multiple = step; multiple < Homes::max_keys; multiple = multiple * 3 / step * step + step) {
      for (const std::uint64_t key : {multiple - 1, multiple, multiple + 1}) exact &= is_exact(homes, key, ranks);
    }
    const std::uint64_t last = Homes::max_keys - 1;
    for (std::uint64_t key = last - 2 * (step < 500 ? step : 500); key <= last; ++key)
      exact &= is_exact(homes, key, ranks);
    const std::uint64_t last_multiple = last / step * step;
    for (const std::uint64_t key : {last_multiple - 1, last_multiple}) exact &= is_exact(homes, key, ranks);
    INFO(ranks << " ranks");
    CHECK(exact);
  }
  CHECK(is_exact(Homes(most_ranks), Homes::max_keys - 1, most_ranks));
}
