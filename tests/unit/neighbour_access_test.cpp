// Reading and changing a neighbour's main copy where it is, without a protocol around it.
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "store/value_store.hpp"
#include "support/table_memory.hpp"

using namespace adapm;
using directory::Location;
using store::ChangedCopy;
using store::Presence;

namespace {

using V = std::int64_t;
constexpr std::size_t length = 33;
constexpr Key num_keys = 4;

std::vector<V> filled(V amount) { return std::vector<V>(length, amount); }

struct Line {
  alignas(64) std::byte bytes[64];
};

/// One of two ranks of a host, rank 0 with the even keys at home and rank 1 with the odd ones.
struct Rank {
  Rank(int rank, std::array<test::TableMemory, 2>& words, const std::vector<Line*>& memory)
      : table(words[static_cast<std::size_t>(rank)].begin(), num_keys, rank, 2,
              std::array{words[0].begin(), words[1].begin()}),
        values(layout, table, counters) {
    port::Region region{memory[static_cast<std::size_t>(rank)]->bytes, lines * sizeof(Line), {}};
    for (Line* const of_rank : memory) region.of_rank.push_back(of_rank->bytes);
    values.add_segment(region);
    for (auto key = static_cast<Key>(rank); key < num_keys; key += 2) values.create(key);
  }
  std::vector<V> pull(Key key) {
    std::vector<V> value = filled(-1);
    values.try_pull(key, value.data());
    return value;
  }

  static constexpr std::size_t lines = 128;
  const ValueLayout layout = ValueLayout::uniform(num_keys, length);
  directory::LocationTable table;
  stats::ProgressCounters counters;
  store::ValueStore<V> values;
  store::DirtyList dirty;
};

struct Host {
  Host() {
    std::vector<Line*> addresses;
    for (auto& piece : memory) addresses.push_back(piece.data());
    owner = std::make_unique<Rank>(0, words, addresses);
    sharer = std::make_unique<Rank>(1, words, addresses);
  }
  /// What a round does when rank 1 asks rank 0 for a key.
  void share(Key key) {
    owner->values.add_sharer(key, 1);
    sharer->table.set(key, Location::shared(0, owner->table.get(key).place()));
  }

  std::array<test::TableMemory, 2> words{test::TableMemory(num_keys), test::TableMemory(num_keys)};
  std::array<std::vector<Line>, 2> memory{std::vector<Line>(Rank::lines), std::vector<Line>(Rank::lines)};
  std::unique_ptr<Rank> owner, sharer;
};

std::vector<ChangedCopy> drain(store::DirtyList& list) {
  std::vector<ChangedCopy> copies;
  list.drain_to(copies);
  return copies;
}

}  // namespace

TEST_CASE("a sharer reads and changes the main copy itself") {
  Host host;
  host.share(2);
  CHECK(host.sharer->values.try_push(2, filled(5).data(), host.sharer->dirty) == Presence::shared);
  CHECK(host.owner->pull(2) == filled(5));
  CHECK(host.sharer->values.try_set(2, filled(3).data(), host.sharer->dirty) == Presence::shared);
  CHECK(host.sharer->pull(2) == filled(3));
  CHECK(host.owner->pull(2) == filled(3));
  CHECK(drain(host.sharer->dirty).empty());  // nobody holds a replica
}

TEST_CASE("changes by a sharer are on its list for the owner as long as there are replicas") {
  Host host;
  host.share(2);
  host.owner->values.add_replica(2, 7);
  host.sharer->values.try_push(2, filled(1).data(), host.sharer->dirty);
  host.sharer->values.try_set(2, filled(9).data(), host.sharer->dirty);
  CHECK(drain(host.sharer->dirty) == std::vector<ChangedCopy>{{2, 0}, {2, 0}});
  CHECK_FALSE(host.owner->table.get(2).is_dirty());  // the mark is for the owner's own lists
  host.owner->values.remove_holder(2, 7);
  host.sharer->values.try_push(2, filled(1).data(), host.sharer->dirty);
  CHECK(drain(host.sharer->dirty).empty());
}

TEST_CASE("a neighbour's key is found only while it has the main copy") {
  Host host;
  const auto place = host.owner->table.get(2).place();
  std::vector<V> value = filled(-1);
  CHECK(host.sharer->values.try_push_neighbour(0, 2, filled(4).data(), host.sharer->dirty));
  CHECK(host.sharer->values.try_pull_neighbour(0, 2, value.data()));
  CHECK(value == filled(4));
  CHECK_FALSE(host.sharer->values.try_push_neighbour(0, 1, filled(4).data(), host.sharer->dirty));
  base::Bytes out;
  host.owner->values.move_out(2, 1, out);
  CHECK_FALSE(host.sharer->values.try_pull_neighbour(0, 2, value.data()));
  CHECK_FALSE(host.sharer->values.try_push_neighbour(0, 2, filled(4).data(), host.sharer->dirty));
  // The rank has the key again, but as a replica: its updates are the holder's to send.
  host.owner->values.install_replica(
      2, host.owner->values.allocator().allocate(host.owner->values.slot_bytes(2)).value(), out.data(), 1, 1);
  CHECK(host.owner->table.get(2).place() != place);
  CHECK_FALSE(host.sharer->values.try_pull_neighbour(0, 2, value.data()));
  CHECK_FALSE(host.sharer->values.try_set_neighbour(0, 2, filled(4).data(), host.sharer->dirty));
  CHECK(host.owner->pull(2) == filled(4));
}

TEST_CASE("a place where a key was seen is used until the key has left it") {
  Host host;
  host.sharer->table.note_place(2, host.sharer->table.get(2), 0, host.owner->table.get(2).place());
  CHECK(host.sharer->values.try_push(2, filled(6).data(), host.sharer->dirty) == Presence::nearby);
  CHECK(host.sharer->pull(2) == filled(6));
  base::Bytes out;
  host.owner->values.move_out(2, 1, out);
  CHECK(host.sharer->values.try_push(2, filled(6).data(), host.sharer->dirty) == Presence::elsewhere);
  CHECK(host.sharer->table.get(2) == Location::elsewhere(0));
}

TEST_CASE("owner and sharer together lose no update and see no half of one") {
  constexpr V pushes = 50'000;
  Host host;
  host.share(0);
  std::atomic<int> torn{0};
  {
    std::vector<std::jthread> threads;
    for (Rank* const rank : {host.owner.get(), host.owner.get(), host.sharer.get(), host.sharer.get()}) {
      threads.emplace_back([&, rank] {
        store::DirtyList list;
        for (V i = 0; i < pushes; ++i) {
          rank->values.try_push(0, filled(1).data(), list);
          const auto value = rank->pull(0);
          for (const V element : value) torn += element != value[0] ? 1 : 0;
        }
      });
    }
  }
  CHECK(torn == 0);
  CHECK(host.owner->pull(0) == filled(4 * pushes));
}
