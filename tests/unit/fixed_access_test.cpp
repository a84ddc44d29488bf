// Values that never move, in a memory that ranks share: where each is, and that nobody sees half of a change.
#include "store/fixed_access.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include "support/table_memory.hpp"

using namespace adapm;
using directory::Location;
using store::FixedAccess;
using store::FixedPlaces;
using store::LockTable;
using store::Presence;
using store::SequenceLock;

namespace {

using V = std::int64_t;
constexpr std::size_t length = 5;
constexpr std::size_t padded_length = 6;
constexpr int num_ranks = 3;

/// Three ranks of a host with their values in pieces of memory, as they would be in windows.
struct Host {
  explicit Host(Key keys)
      : num_keys(keys),
        layout(ValueLayout::uniform(keys, length)),
        lock_words(LockTable::bytes(keys) / sizeof(std::uint64_t)),
        places{directory::Homes(num_ranks), {}, {}, padded_length * sizeof(V), {}} {
    places.locks = LockTable(reinterpret_cast<std::byte*>(lock_words.data()), keys);
    for (auto& piece : memory) {
      piece.resize((keys / num_ranks + 1) * padded_length);
      places.first_of_rank.push_back(reinterpret_cast<std::byte*>(piece.data()));
    }
  }
  [[nodiscard]] FixedAccess<V> access(int rank) const { return {places, rank, layout}; }

  const Key num_keys;
  const ValueLayout layout;
  std::vector<std::uint64_t> lock_words;
  std::array<std::vector<V>, num_ranks> memory;
  FixedPlaces places;
};

std::vector<Key> all_keys(const Host& host) {
  std::vector<Key> keys(host.num_keys);
  std::iota(keys.begin(), keys.end(), Key{0});
  return keys;
}

}  // namespace

TEST_CASE("what one rank sets another finds, at the home, key after key") {
  Host host(100);
  const std::vector<Key> keys = all_keys(host);
  std::vector<V> values(keys.size() * length);
  std::iota(values.begin(), values.end(), V{1});
  host.access(0).set(keys, values.data());
  for (const Key key : keys) {
    const V* const at = host.memory[key % num_ranks].data() + key / num_ranks * padded_length;
    CHECK(std::equal(at, at + length, values.data() + key * length));
    CHECK(at[length] == 0);
  }
  host.access(1).push(keys, values.data());
  std::vector<Key> backwards(keys.rbegin(), keys.rend());
  std::vector<V> pulled(values.size());
  host.access(2).pull(backwards, pulled.data());
  for (const Key key : keys) {
    const V* const at = pulled.data() + (keys.size() - 1 - key) * length;
    for (std::size_t i = 0; i < length; ++i) CHECK(at[i] == 2 * values[key * length + i]);
  }
  CHECK(host.access(1).number_own(keys) == 33);
  CHECK(host.access(0).number_own(keys) == 34);
  CHECK(host.access(1).presence(4) == Presence::owner);
  CHECK(host.access(1).presence(5) == Presence::shared);
}

TEST_CASE("values of different lengths are where the rank's location words say") {
  constexpr Key num_keys = 40;
  std::vector<std::uint32_t> lengths;
  for (Key key = 0; key < num_keys; ++key) lengths.push_back(static_cast<std::uint32_t>(1 + key % 7));
  const ValueLayout layout = ValueLayout::per_key(lengths);
  Host host(num_keys);
  test::TableMemory words(num_keys);
  directory::LocationTable table(words.begin(), num_keys, 1, num_ranks);
  std::array<std::uint64_t, num_ranks> next{};
  for (Key key = 0; key < num_keys; ++key) {
    const int home = table.home(key);
    std::uint64_t& offset = next[static_cast<std::size_t>(home)];
    table.set(key, home == 1 ? Location::owner({0, offset}) : Location::shared(home, {0, offset}));
    offset += lengths[key] * sizeof(V);
  }
  host.places.words = table.words_of(1);
  const FixedAccess<V> access(host.places, 1, layout);
  const std::vector<Key> keys = all_keys(host);
  std::vector<V> values(layout.total_length(keys));
  std::iota(values.begin(), values.end(), V{1});
  access.set(keys, values.data());
  access.push(keys, values.data());
  std::vector<V> pulled(values.size());
  access.pull(keys, pulled.data());
  bool right = true;
  for (std::size_t i = 0; i < values.size(); ++i) right &= pulled[i] == 2 * values[i];
  CHECK(right);
  // In the homes' memory, one after the other.
  std::size_t offset = 0;
  for (Key key = 0; key < num_keys; ++key) {
    const auto* const at = host.memory[key % num_ranks].data() + table.get(key).offset() / sizeof(V);
    CHECK(at[0] == 2 * values[offset]);
    offset += lengths[key];
  }
}

TEST_CASE("calls of no key and of one key") {
  Host host(7);
  std::vector<V> value(length, 3);
  host.access(0).push({}, nullptr);
  host.access(0).pull({}, nullptr);
  const Key last = 6;
  host.access(0).push({&last, 1}, value.data());
  std::vector<V> pulled(length);
  host.access(1).pull({&last, 1}, pulled.data());
  CHECK(pulled == value);
}

TEST_CASE("no update is lost, and nobody reads half of one, whoever else has the key's lock") {
  // So few keys that all meet; 40 of them in a call, so that a key is in it more than once.
  constexpr Key num_keys = 17;
  constexpr int calls = 3000;
  constexpr std::size_t batch = 40;
  Host host(num_keys);
  std::atomic<bool> torn{false};
  {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < num_ranks; ++rank) {
      threads.emplace_back([&host, &torn, rank] {
        std::vector<Key> keys(batch);
        std::vector<V> ones(batch * length, 1), seen(batch * length);
        for (int call = 0; call < calls; ++call) {
          for (std::size_t i = 0; i < batch; ++i)
            keys[i] = (i * 7 + static_cast<std::size_t>(call) + static_cast<std::size_t>(rank)) % num_keys;
          host.access(rank).push(keys, ones.data());
          host.access(rank).pull(keys, seen.data());
          for (std::size_t i = 0; i < batch; ++i) {
            const V* const value = seen.data() + i * length;
            if (std::any_of(value, value + length, [&](V element) { return element != value[0]; })) torn = true;
          }
        }
      });
    }
  }
  CHECK_FALSE(torn);
  const std::vector<Key> keys = all_keys(host);
  std::vector<V> values(keys.size() * length);
  host.access(0).pull(keys, values.data());
  V sum = 0;
  for (const Key key : keys) sum += values[key * length];
  CHECK(sum == V{num_ranks} * calls * batch);
}

TEST_CASE("a lock has another state after each change, and none is free while somebody has it") {
  std::vector<std::uint64_t> words(LockTable::bytes(1) / sizeof(std::uint64_t));
  SequenceLock& lock = LockTable(reinterpret_cast<std::byte*>(words.data()), 1)[0];
  const SequenceLock::State before = lock.state();
  CHECK_FALSE(SequenceLock::is_locked(before));
  CHECK(lock.unchanged(before));
  const SequenceLock::State locked = lock.try_lock();
  CHECK(SequenceLock::is_locked(locked));
  CHECK(SequenceLock::is_locked(lock.state()));
  CHECK_FALSE(lock.unchanged(before));
  CHECK_FALSE(SequenceLock::is_locked(lock.try_lock()));
  lock.unlock(locked);
  CHECK_FALSE(SequenceLock::is_locked(lock.state()));
  CHECK_FALSE(lock.unchanged(before));
}

TEST_CASE("keys have locks within the table, neighbours in different cache lines, and few have one in common") {
  for (const Key num_keys : {Key{1}, Key{2}, Key{5}, Key{1000}, Key{1'000'000}, Key{1} << 44U}) {
    std::vector<std::uint64_t> words(LockTable::bytes(num_keys) / sizeof(std::uint64_t));
    CHECK(LockTable::bytes(num_keys) <= std::size_t{128} << 10U);
    const LockTable locks(reinterpret_cast<std::byte*>(words.data()), num_keys);
    const auto place = [&](Key key) {
      return static_cast<std::size_t>(reinterpret_cast<const std::uint64_t*>(&locks[key]) - words.data());
    };
    const Key checked = std::min<Key>(num_keys, words.size());
    std::set<std::size_t> used;
    bool apart = true;
    for (Key key = 0; key < checked; ++key) {
      REQUIRE(place(key) < words.size());
      used.insert(place(key));
      if (words.size() >= 1024 && key > 0) apart &= place(key) / 8 != place(key - 1) / 8;
    }
    CHECK(place(num_keys - 1) < words.size());
    CHECK(used.size() * 2 >= checked);
    CHECK(apart);
  }
}
