#include "store/slot_memory.hpp"

#include <catch2/catch.hpp>

using adapm::store::slot_bytes;
using adapm::store::SlotAllocator;

TEST_CASE("a slot has room for its value and nothing else, and the next one is aligned") {
  CHECK(slot_bytes(1) == 8);
  CHECK(slot_bytes(40) == 40);
  CHECK(slot_bytes(41) == 48);
  CHECK(slot_bytes(512) == 512);
}

TEST_CASE("slots do not overlap, and freed ones are used again for the same size") {
  SlotAllocator allocator;
  allocator.add_segment(0, 320);
  const auto a = allocator.allocate(96);
  const auto b = allocator.allocate(96);
  REQUIRE(a);
  REQUIRE(b);
  CHECK(b->offset == a->offset + 96);
  allocator.free(*a, 96);
  CHECK(allocator.allocate(96) == a);
  const auto c = allocator.allocate(128);
  REQUIRE(c);
  CHECK(c->offset == 192);
}

TEST_CASE("what could not be had is remembered until memory comes") {
  SlotAllocator allocator;
  allocator.add_segment(0, 64);
  CHECK_FALSE(allocator.allocate(96));
  CHECK(allocator.shortfall_bytes() == 96);
  allocator.add_segment(1, 256);
  CHECK(allocator.shortfall_bytes() == 0);
  const auto place = allocator.allocate(96);
  REQUIRE(place);
  CHECK(place->segment == 1);
}
