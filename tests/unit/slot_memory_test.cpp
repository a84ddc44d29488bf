#include "store/slot_memory.hpp"

#include <catch2/catch.hpp>

using adapm::store::SlotAllocator;
using adapm::store::slot_lines;

TEST_CASE("a slot has room for its header and its value, in lines of 64 bytes") {
  CHECK(slot_lines(1) == 1);
  CHECK(slot_lines(40) == 1);
  CHECK(slot_lines(41) == 2);
  CHECK(slot_lines(512) == 9);
}

TEST_CASE("slots do not overlap, and freed ones are used again for the same size") {
  SlotAllocator allocator;
  allocator.add_segment(0, 10 * 64);
  const auto a = allocator.allocate(3);
  const auto b = allocator.allocate(3);
  REQUIRE(a);
  REQUIRE(b);
  CHECK(b->line == a->line + 3);
  allocator.free(*a, 3);
  CHECK(allocator.allocate(3) == a);
  const auto c = allocator.allocate(4);
  REQUIRE(c);
  CHECK(c->line == 6);
}

TEST_CASE("what could not be had is remembered until memory comes") {
  SlotAllocator allocator;
  allocator.add_segment(0, 2 * 64);
  CHECK_FALSE(allocator.allocate(3));
  CHECK(allocator.shortfall_bytes() == 3 * 64);
  allocator.add_segment(1, 8 * 64);
  CHECK(allocator.shortfall_bytes() == 0);
  const auto place = allocator.allocate(3);
  REQUIRE(place);
  CHECK(place->segment == 1);
}
