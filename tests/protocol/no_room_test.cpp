// A rank whose memory cannot grow: keys that there is no room for stay where they are, and are accessed there.
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "support/simulated_cluster.hpp"

namespace adapm::test {

namespace {

using V = std::int64_t;
constexpr std::size_t value_length = 1000;

bool done(SimulatedCluster<V>& cluster, api::WorkerCore<V>& worker, api::WorkerCore<V>::Id id) {
  for (int turn = 0; turn < 100 && !worker.is_done(id); ++turn) {
    for (int rank = 0; rank < cluster.num_ranks(); ++rank) cluster.manager(rank).poll();
  }
  return worker.is_done(id);
}

}  // namespace

TEST_CASE("keys that there is never room for are accessed where they are, however many rounds there are") {
  SimulatedCluster<V> cluster(2, ValueLayout::uniform(40, value_length), Options{}, {.room_to_grow = 0});
  {
    api::WorkerCore<V> worker(cluster.manager(0));
    std::vector<Key> keys(40);
    std::iota(keys.begin(), keys.end(), Key{0});
    worker.intent(keys, 0, clock_forever);
    for (int turn = 0; turn < 3000; ++turn) {
      for (int rank = 0; rank < 2; ++rank) cluster.manager(rank).poll();
    }
    auto& manager = cluster.manager(0);
    CHECK(manager.driver().rounds() > store::SegmentMap::max_window_segments);
    CHECK(manager.statistics().moves_in > 0);  // what there was room for
    CHECK(manager.protocol().unanswered() > 0);
    CHECK(manager.values().segments().count() <= store::SegmentMap::max_window_segments);

    const std::vector<V> updates(40 * value_length, 7);
    std::vector<V> values(updates.size());
    CHECK(done(cluster, worker, worker.push(keys, updates)));
    CHECK(done(cluster, worker, worker.pull(keys, values)));
    CHECK(values == updates);
  }
  for (int rank = 0; rank < 2; ++rank) cluster.manager(rank).fail_all();
}

}  // namespace adapm::test
