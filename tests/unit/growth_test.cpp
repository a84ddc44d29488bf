#include "progress/growth.hpp"

#include <catch2/catch.hpp>
#include <vector>

using adapm::directory::Location;
using adapm::progress::growth_bytes;

namespace {
constexpr std::size_t mega = std::size_t{1} << 20U;
}

TEST_CASE("a rank grows by what it misses and some more, and one that has room does not") {
  CHECK(growth_bytes({320 * mega, 0, 5 * mega}, 1) == 20 * mega);
  CHECK(growth_bytes({320 * mega, 20 * mega, 0}, 1) == 0);
  CHECK(growth_bytes({320 * mega, 20 * mega, 5 * mega}, 1) == 20 * mega);  // free slots of another size
  CHECK(growth_bytes({1000, 0, 88}, 1) == mega);
}

TEST_CASE("a rank that is nearly full grows along with others") {
  CHECK(growth_bytes({320 * mega, 9 * mega, 0}, 1) == 10 * mega);
  CHECK(growth_bytes({320 * mega, 10 * mega, 0}, 1) == 0);
}

TEST_CASE("a segment is never larger than a location can say") {
  CHECK(growth_bytes({320 * mega, 0, std::size_t{1} << 40U}, 1) == Location::max_segment_bytes);
}

TEST_CASE("a thousand ranks that take in others' keys one after the other have segments enough") {
  constexpr std::size_t ranks = 1000, home = 64 * mega, step = mega / 2;
  std::vector<std::size_t> total(ranks, home), used(ranks, home);
  std::size_t segments = 1;
  for (std::size_t most = home; most < 8 * home; most += home / 4) {  // each rank in turn uses a quarter more
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      while (used[rank] < most) {
        used[rank] += step;
        if (used[rank] <= total[rank]) continue;
        for (std::size_t other = 0; other < ranks; ++other) {
          const bool misses = used[other] > total[other];
          total[other] +=
              growth_bytes({total[other], misses ? 0 : total[other] - used[other], misses ? step : 0}, segments);
        }
        ++segments;
      }
    }
  }
  CHECK(segments <= adapm::store::SegmentMap::max_window_segments);
}
