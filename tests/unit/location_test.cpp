#include "directory/location.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "directory/location_table.hpp"
#include "support/table_memory.hpp"

using adapm::directory::Location;
using adapm::directory::LocationTable;
using adapm::directory::Presence;
using adapm::directory::SlotPlace;
using adapm::test::TableMemory;

TEST_CASE("a location word keeps what was put into it, up to the limits") {
  const int rank = static_cast<int>(Location::max_ranks) - 1;
  const SlotPlace place{Location::max_segments - 1, Location::max_segment_bytes - SlotPlace::alignment};
  const Location owner = Location::owner(place);
  CHECK(owner.presence() == Presence::owner);
  CHECK(owner.place() == place);
  CHECK(owner.rank_of_place(2) == 2);
  CHECK(owner.is_stable_owner());
  CHECK_FALSE(owner.is_watched());
  const Location replica = Location::replica({3, 8});
  CHECK(replica.presence() == Presence::replica);
  CHECK(replica.place() == SlotPlace{3, 8});
  CHECK(replica.is_watched());
  CHECK(replica.here());
  CHECK(replica.releasing().presence() == Presence::releasing);
  CHECK(replica.releasing().place() == replica.place());
  CHECK(replica.releasing().here());
  CHECK_FALSE(Location::elsewhere(rank).here());
  CHECK_FALSE(Location::elsewhere(rank).at_hand());
  const Location shared = Location::shared(rank, place);
  CHECK(shared.presence() == Presence::shared);
  CHECK(shared.rank() == rank);
  CHECK(shared.place() == place);
  CHECK(shared.rank_of_place(2) == rank);
  CHECK_FALSE(shared.here());
  CHECK(shared.at_hand());
  CHECK_FALSE(Location::nearby(rank, place).at_hand());
  CHECK(Location::nearby(rank, place).has_place());
  CHECK(Location::elsewhere(rank).rank() == rank);
  CHECK(Location(owner.word()) == owner);
}

TEST_CASE("at first every key is believed to be at its home") {
  TableMemory memory(10);
  const LocationTable table(memory.begin(), 10, 1, 3);
  for (adapm::Key key = 0; key < 10; ++key) {
    CHECK(table.home(key) == static_cast<int>(key % 3));
    CHECK(table.get(key) == Location::elsewhere(static_cast<int>(key % 3)));
  }
}

TEST_CASE("a hint is improved only if nothing has happened since it was read") {
  TableMemory memory(4);
  LocationTable table(memory.begin(), 4, 0, 4);
  const Location seen = table.get(1);
  table.improve_hint(1, seen, 3);
  CHECK(table.get(1).rank() == 3);
  table.improve_hint(1, seen, 2);  // too late
  CHECK(table.get(1).rank() == 3);
  table.set(2, Location::owner({0, 0}));
  table.improve_hint(2, table.get(2), 3);  // it is here
  CHECK(table.get(2).presence() == Presence::owner);
  table.set(3, Location::shared(2, {0, 0}));
  table.improve_hint(3, table.get(3), 1);  // it is at hand
  CHECK(table.get(3).presence() == Presence::shared);
  table.set(0, Location::elsewhere(1));
  table.note_place(0, table.get(0), 3, {0, 40});
  CHECK(table.get(0) == Location::elsewhere(1));
  table.note_place(0, table.get(0), 1, {0, 40});  // the home names the same owner as before
  CHECK(table.get(0) == Location::nearby(1, {0, 40}));
  table.forget_place(0, table.get(0));
  table.improve_hint(0, table.get(0), 3);  // this rank is its home: the word is no hint
  CHECK(table.get(0).rank() == 1);
}
