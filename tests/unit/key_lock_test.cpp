// The lock in a key's location word, and how a reader finds out that the word has been something else meanwhile.
#include "store/key_lock.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "support/table_memory.hpp"

using namespace adapm;
using directory::Location;
using store::KeyLock;

namespace {

constexpr std::uint64_t sequence_numbers = Location::sequence_mask / Location::sequence_unit + 1;

/// One key, with a main copy here.
struct Fixture {
  Fixture() { table.set(0, Location::owner({0, 0})); }
  [[nodiscard]] directory::RankWords words() const { return table.words_of(0); }
  [[nodiscard]] std::uint64_t generation() const { return words().generation().load(); }
  void change() {
    KeyLock lock(words(), 0);
    lock.value_changes();
  }

  test::TableMemory memory{1};
  directory::LocationTable table{memory.begin(), 1, 0, 1};
};

}  // namespace

TEST_CASE("a word that has become again what it was after so many changes is of another generation") {
  Fixture f;
  const Location seen = f.table.get(0);
  const std::uint64_t generation = f.generation();
  for (std::uint64_t i = 1; i < sequence_numbers; ++i) {
    f.change();
    CHECK(f.table.get(0) != seen);
  }
  f.change();
  CHECK(f.table.get(0) == seen);
  CHECK(f.generation() == generation + 1);
}

TEST_CASE("a lock that was held without a change leaves the word as it was, and all else in it as it was told") {
  Fixture f;
  const Location seen = f.table.get(0);
  {
    const KeyLock lock(f.words(), 0);
    CHECK(lock.is_held());
    CHECK(f.table.get(0).is_locked());
  }
  CHECK(f.table.get(0) == seen);
  {
    KeyLock lock(f.words(), 0);
    lock.set_dirty();
    CHECK(f.table.get(0).is_dirty());  // at once
    lock.set_watched(true);
    CHECK_FALSE(f.table.get(0).is_watched());
  }
  CHECK(f.table.get(0).is_dirty());
  CHECK(f.table.get(0).is_watched());
  CHECK(f.table.get(0).place() == seen.place());
}

TEST_CASE("there is nothing to lock where there is no copy") {
  Fixture f;
  f.table.set(0, Location::elsewhere(0));
  {
    const KeyLock lock(f.words(), 0);
    CHECK_FALSE(lock.is_held());
  }
  CHECK(f.table.get(0) == Location::elsewhere(0));
}

TEST_CASE("one at a time has a key locked, and who waits while the key leaves finds it gone") {
  constexpr int each = 50'000;
  Fixture f;
  int count = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < each; ++j) {
          KeyLock lock(f.words(), 0);
          ++count;
          lock.value_changes();
        }
      });
    }
  }
  CHECK(count == 3 * each);
  std::jthread waiting;
  bool found = true;
  {
    KeyLock lock(f.words(), 0);
    waiting = std::jthread([&] { found = KeyLock(f.words(), 0).is_held(); });
    lock.become(Location::elsewhere(0));
  }
  waiting.join();
  CHECK_FALSE(found);
}
