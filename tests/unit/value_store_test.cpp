// The transitions of a key on one rank, without a protocol around them.
#include "store/value_store.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "support/table_memory.hpp"

using namespace adapm;
using store::Presence;

namespace {

using V = std::int64_t;
constexpr std::size_t length = 33;

/// Rank 0 of two, with the even keys of ten at home.
struct Fixture {
  Fixture() : words(10), memory(1 << 16), table(words.begin(), 10, 0, 2), values(layout, table, counters) {
    auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory.data()) + 63) / 64 * 64);
    values.add_segment({aligned, memory.size() - 64, {aligned, nullptr}});
    for (Key key = 0; key < 10; key += 2) values.create(key);
  }

  std::vector<V> pull(Key key) {
    std::vector<V> value(length, -1);
    values.try_pull(key, value.data());
    return value;
  }
  void push(Key key, V amount) {
    const std::vector<V> update(length, amount);
    values.try_push(key, update.data(), dirty);
  }
  store::SlotPlace place(Key key) { return values.allocator().allocate(values.slot_bytes(key)).value(); }
  static std::vector<V> filled(V amount) { return std::vector<V>(length, amount); }
  static const std::byte* bytes(const std::vector<V>& value) {
    return reinterpret_cast<const std::byte*>(value.data());
  }
  static std::vector<V> value_in(const base::Bytes& message) {
    const auto* first = reinterpret_cast<const V*>(message.data());
    return {first, first + length};
  }
  std::vector<Key> drain() {
    std::vector<store::ChangedCopy> copies;
    dirty.drain_to(copies);
    std::vector<Key> keys;
    for (const auto& copy : copies) keys.push_back(copy.key);
    return keys;
  }

  const ValueLayout layout = ValueLayout::uniform(10, length);
  test::TableMemory words;
  std::vector<std::byte> memory;
  directory::LocationTable table;
  stats::ProgressCounters counters;
  store::ValueStore<V> values;
  store::DirtyList dirty;
};

}  // namespace

TEST_CASE("a main copy takes pushes and sets; a key elsewhere takes none") {
  Fixture f;
  f.push(2, 5);
  f.push(2, 5);
  CHECK(f.pull(2) == Fixture::filled(10));
  const auto value = Fixture::filled(3);
  CHECK(f.values.try_set(2, value.data(), f.dirty) != Presence::elsewhere);
  CHECK(f.pull(2) == value);
  CHECK(f.drain().empty());  // nobody holds a replica
  CHECK(f.values.try_push(1, value.data(), f.dirty) == Presence::elsewhere);
  CHECK(f.values.try_set(1, value.data(), f.dirty) == Presence::elsewhere);
}

TEST_CASE("a replica shows its own pushes, sends them once, and keeps them through a refresh") {
  Fixture f;
  f.values.install_replica(1, f.place(1), Fixture::bytes(Fixture::filled(100)), 1, 1);
  f.push(1, 5);
  f.push(1, 2);
  CHECK(f.drain() == std::vector<Key>{1});
  CHECK(f.pull(1) == Fixture::filled(107));

  base::Bytes update;
  CHECK(f.values.extract_update(1, 0, update));
  CHECK(Fixture::value_in(update) == Fixture::filled(7));
  f.push(1, 1);  // after the update has left
  CHECK(f.drain() == std::vector<Key>{1});
  f.values.refresh(1, Fixture::bytes(Fixture::filled(207)));
  CHECK(f.pull(1) == Fixture::filled(208));

  CHECK(f.values.drop_interest(1) == 0);
  base::Bytes last;
  CHECK(f.values.begin_release(1, last));
  CHECK(Fixture::value_in(last) == Fixture::filled(1));
  const auto one = Fixture::filled(1);
  CHECK(f.values.try_push(1, one.data(), f.dirty) == Presence::elsewhere);  // readable, no longer writable
  CHECK(f.pull(1) == Fixture::filled(208));
  f.values.finish_release(1);
  CHECK(f.pull(1) == Fixture::filled(-1));
}

TEST_CASE("an update below the threshold waits") {
  Fixture f;
  f.values.install_replica(1, f.place(1), Fixture::bytes(Fixture::filled(0)), 1, 1);
  f.push(1, 1);
  base::Bytes update;
  CHECK_FALSE(f.values.extract_update(1, 10, update));  // the norm is sqrt(33)
  f.push(1, 1);
  CHECK(f.values.extract_update(1, 10, update));
  CHECK(Fixture::value_in(update) == Fixture::filled(2));
}

TEST_CASE("a replica that becomes the main copy keeps what it has not sent") {
  Fixture f;
  f.values.install_replica(1, f.place(1), Fixture::bytes(Fixture::filled(10)), 1, 2);
  f.push(1, 4);
  f.values.promote(1, Fixture::bytes(Fixture::filled(50)));
  CHECK(f.pull(1) == Fixture::filled(54));
  CHECK(f.table.get(1).presence() == Presence::owner);
  CHECK(f.values.interest(1) == 2);
}

TEST_CASE("a key that moves away leaves with its value and interest, and its slot is used again") {
  Fixture f;
  f.push(4, 9);
  for (int i = 0; i < 3; ++i) f.values.add_interest(4);
  const auto place = f.table.get(4).place();
  base::Bytes out;
  CHECK(f.values.move_out(4, 1, out) == 3);
  CHECK(Fixture::value_in(out) == Fixture::filled(9));
  CHECK(f.table.get(4) == directory::Location::elsewhere(1));
  CHECK(f.place(4) == place);
}

TEST_CASE("a key that comes back to the slot that it left is of another generation") {
  Fixture f;
  const auto seen = f.table.get(4);
  const std::uint64_t generation = f.table.words_of(0).generation().load();
  base::Bytes out;
  f.values.move_out(4, 1, out);
  f.values.install_owner(4, f.place(4), out.data(), 0);
  CHECK(f.table.get(4) == seen);
  CHECK(f.table.words_of(0).generation().load() != generation);
}

TEST_CASE("interest is counted beyond what a location word has room for") {
  constexpr std::uint32_t many = 3 * directory::Location::most_interest;
  Fixture f;
  for (std::uint32_t i = 1; i <= many; ++i) {
    f.values.add_interest(4);
    CHECK(f.values.interest(4) == i);
  }
  for (std::uint32_t left = many; left-- > 2;) {
    CHECK(f.values.drop_interest(4) == left);
    CHECK(f.values.interest(4) == left);
  }
  base::Bytes out;
  CHECK(f.values.move_out(4, 1, out) == 2);
  f.values.install_owner(4, f.place(4), out.data(), many);  // wanted by many while it was away
  CHECK(f.values.interest(4) == many);
  out.clear();
  CHECK(f.values.move_out(4, 1, out) == many);
  f.values.install_replica(4, f.place(4), out.data(), 1, many);
  f.values.promote(4, out.data());
  CHECK(f.values.interest(4) == many);
  for (std::uint32_t left = many; left-- > 0;) CHECK(f.values.drop_interest(4) == left);
}

TEST_CASE("a replica knows its owner, and gives back the slot that was reserved for it") {
  Fixture f;
  const auto place = f.place(1);
  f.values.install_replica(1, place, Fixture::bytes(Fixture::filled(3)), 1, 0);
  CHECK(f.values.owner(1) == 1);
  f.values.note_owner(1, 0);
  CHECK(f.values.owner(1) == 0);
  CHECK(f.pull(1) == Fixture::filled(3));
  base::Bytes none;
  CHECK_FALSE(f.values.begin_release(1, none));
  f.values.finish_release(1);
  CHECK(f.table.get(1) == directory::Location::elsewhere(0));
  CHECK(f.place(1) == place);
}

TEST_CASE("a main copy with replicas is put on the dirty list once") {
  Fixture f;
  f.values.add_replica(6, 1);
  f.push(6, 1);
  f.push(6, 1);
  CHECK(f.drain() == std::vector<Key>{6});
  CHECK(f.values.clear_dirty(6));
  CHECK_FALSE(f.values.clear_dirty(6));
  f.values.remove_holder(6, 1);
  f.values.drop_holders(6);
  f.push(6, 1);
  CHECK(f.drain().empty());
}

TEST_CASE("a key that is found on a dirty list is marked, and no push is left behind") {
  constexpr V pushes = 200'000;
  Fixture f;
  f.values.install_replica(1, f.place(1), Fixture::bytes(Fixture::filled(0)), 1, 1);
  std::atomic<bool> pushing{true};
  std::jthread pusher([&] {
    for (V i = 0; i < pushes; ++i) f.push(1, 1);
    pushing = false;
  });
  V sent = 0;
  int unmarked = 0;
  for (bool last = false; !last;) {
    last = !pushing;
    for (const Key key : f.drain()) {
      if (!f.table.get(key).is_dirty()) ++unmarked;
      base::Bytes update;
      if (f.values.extract_update(key, 0, update)) sent += Fixture::value_in(update)[0];
    }
  }
  CHECK(unmarked == 0);
  CHECK(sent == pushes);
}

TEST_CASE("a pull never sees half a push, also while the key comes and goes") {
  Fixture f;
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 2; ++i) {
      readers.emplace_back([&] {
        std::vector<V> value(length);
        while (!stop) {
          if (f.values.try_pull(8, value.data()) == Presence::elsewhere) continue;
          for (const V element : value) torn += element != value[0] ? 1 : 0;
        }
      });
      readers.emplace_back([&] {
        while (!stop) {
          const std::vector<V> one(length, 1);
          store::DirtyList list;
          f.values.try_push(8, one.data(), list);
        }
      });
    }
    for (int i = 0; i < 2000; ++i) {
      base::Bytes out;
      f.values.move_out(8, 1, out);
      f.values.install_owner(8, f.place(8), out.data(), 0);
    }
    stop = true;
  }
  CHECK(torn == 0);
}

TEST_CASE("a set that looked for the key while it was a main copy never changes a replica") {
  Fixture f;
  std::atomic<bool> stop{false};
  int changed = 0;
  {
    std::vector<std::jthread> setters;
    for (int i = 0; i < 3; ++i) {
      setters.emplace_back([&] {
        const std::vector<V> other = Fixture::filled(5);
        store::DirtyList list;
        while (!stop) f.values.try_set(8, other.data(), list);
      });
    }
    const std::vector<V> given = Fixture::filled(7);
    for (int i = 0; i < 20'000; ++i) {
      base::Bytes out;
      f.values.move_out(8, 1, out);
      f.values.install_replica(8, f.place(8), Fixture::bytes(given), 1, 0);
      for (int look = 0; look < 20; ++look) changed += f.pull(8) != given ? 1 : 0;
      base::Bytes update;
      f.values.begin_release(8, update);
      f.values.finish_release(8);
      f.values.install_owner(8, f.place(8), Fixture::bytes(given), 0);
    }
    stop = true;
  }
  CHECK(changed == 0);
}
