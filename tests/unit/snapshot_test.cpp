// Snapshots of one rank's main copies, while keys leave it.
#include "checkpoint/snapshot.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "support/table_memory.hpp"

using namespace adapm;
using checkpoint::Snapshot;
using checkpoint::ValueBlock;

namespace {

using V = std::int64_t;
constexpr std::size_t length = 3;
constexpr Key num_keys = 200;

/// Rank 0 of two, with the even keys at home; each key's value is its number.
struct Fixture {
  Fixture() : words(num_keys), memory(1 << 17), table(words.begin(), num_keys, 0, 2), values(layout, table, counters) {
    auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory.data()) + 63) / 64 * 64);
    values.add_segment({aligned, memory.size() - 64, {aligned, nullptr}});
    for (Key key = 0; key < num_keys; key += 2) {
      values.create(key);
      push(key, static_cast<V>(key));
    }
  }
  void push(Key key, V amount) {
    const std::vector<V> update(length, amount);
    values.try_push(key, update.data(), dirty);
  }
  void move_out(Key key) {
    base::Bytes message;
    values.move_out(key, 1, message);
  }
  void move_in(Key key) {
    const std::vector<V> value(length, static_cast<V>(key));
    const auto place = values.allocator().allocate(values.slot_bytes(key)).value();
    values.install_owner(key, place, reinterpret_cast<const std::byte*>(value.data()), 0);
  }

  const ValueLayout layout = ValueLayout::uniform(num_keys, length);
  test::TableMemory words;
  std::vector<std::byte> memory;
  directory::LocationTable table;
  stats::ProgressCounters counters;
  store::ValueStore<V> values;
  store::DirtyList dirty;
};

using Saved = std::map<Key, V>;

/// Adds the next block to `saved`; every key comes once, with a whole value.
bool add_next(Snapshot<V>& snapshot, Saved& saved) {
  ValueBlock<V> block;
  if (!snapshot.next(block, 1)) return false;
  REQUIRE(block.values.size() == block.keys.size() * length * sizeof(V));
  const V* value = reinterpret_cast<const V*>(block.values.data());
  for (const Key key : block.keys) {
    CHECK(saved.emplace(key, *value).second);
    CHECK(value[1] == value[0]);
    CHECK(value[2] == value[0]);
    value += length;
  }
  return true;
}

Saved rest_of(Snapshot<V>& snapshot, Saved saved = {}) {
  while (add_next(snapshot, saved)) {
  }
  return saved;
}

Saved even_keys() {
  Saved keys;
  for (Key key = 0; key < num_keys; key += 2) keys[key] = static_cast<V>(key);
  return keys;
}

}  // namespace

TEST_CASE("a snapshot has every main copy once") {
  Fixture f;
  Snapshot<V> snapshot(f.values, f.table);
  snapshot.take();
  CHECK(rest_of(snapshot) == even_keys());
}

TEST_CASE("keys that leave before the reader comes are saved, and those that come meanwhile are not") {
  Fixture f;
  Snapshot<V> snapshot(f.values, f.table);
  snapshot.take();
  f.move_out(20);
  f.move_out(150);
  f.move_in(33);
  CHECK(rest_of(snapshot) == even_keys());
}

TEST_CASE("a key that leaves and comes back is saved once, as it was when it left") {
  Fixture f;
  Snapshot<V> snapshot(f.values, f.table);
  snapshot.take();
  f.move_out(20);
  f.move_in(20);
  f.push(20, 1000);
  CHECK(rest_of(snapshot) == even_keys());
}

TEST_CASE("a key that leaves after the reader came is not saved again") {
  Fixture f;
  Snapshot<V> snapshot(f.values, f.table);
  snapshot.take();
  Saved saved;
  REQUIRE(add_next(snapshot, saved));
  REQUIRE(saved.contains(0));
  f.move_out(0);
  CHECK(rest_of(snapshot, saved) == even_keys());
}

TEST_CASE("before a snapshot is taken and after it is gone keys leave unnoticed") {
  Fixture f;
  {
    Snapshot<V> snapshot(f.values, f.table);
    f.move_out(0);
    f.move_in(0);
    snapshot.take();
    CHECK(rest_of(snapshot) == even_keys());
  }
  f.move_out(2);
  CHECK_FALSE(f.table.get(2).here());
}
