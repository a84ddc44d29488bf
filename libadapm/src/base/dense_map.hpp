// A map from numbers to small values for millions of insertions and removals a second: its entries stand one after the
// other in one array, in any order, so walking over them reads no more than there is; an index of 4 B words, open
// addressing with linear probing, finds them. Nothing is allocated per entry.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/prefetch.hpp"

namespace adapm::base {

template <class Value>
class DenseMap {
 public:
  struct Entry {
    std::uint64_t key;
    Value value;
  };

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool contains(std::uint64_t key) const { return find(key) != nullptr; }
  /// Entries stay where they are until the next insertion or removal.
  [[nodiscard]] Value* find(std::uint64_t key) { return const_cast<Value*>(std::as_const(*this).find(key)); }
  [[nodiscard]] const Value* find(std::uint64_t key) const {
    const std::uint32_t number = index_[place_of(key)];
    return number == none ? nullptr : &entries_[number].value;
  }
  /// The key's value; `initial` is put there if there is none.
  Value& find_or_insert(std::uint64_t key, Value initial) {
    if (Value* const found = find(key)) return *found;
    if (2 * (entries_.size() + 1) > index_.size()) rebuild(2 * index_.size());
    index_[place_of(key)] = static_cast<std::uint32_t>(entries_.size());
    return entries_.emplace_back(Entry{key, std::move(initial)}).value;
  }
  /// Removes it, and returns its value; nothing if it is not there.
  std::optional<Value> take(std::uint64_t key) {
    const std::size_t place = place_of(key);
    const std::uint32_t number = index_[place];
    if (number == none) return std::nullopt;
    std::optional<Value> taken = std::move(entries_[number].value);
    if (number + 1 < entries_.size()) {  // the last takes its place
      index_[place_of(entries_.back().key)] = number;
      entries_[number] = std::move(entries_.back());
    }
    entries_.pop_back();
    close_gap(place);
    if (index_.size() > smallest && 16 * entries_.size() < index_.size()) rebuild(index_.size() / 4);
    return taken;
  }

  void clear() {
    if (entries_.empty()) return;
    entries_.clear();
    index_.assign(index_.size(), none);
  }

  /// Gets what tells where the key's entry is on its way into the cache.
  void prefetch_index(std::uint64_t key) const { prefetch<Use::reading>(&index_[first_place_of(key)]); }
  /// Memory that it takes.
  [[nodiscard]] std::size_t bytes() const {
    return entries_.capacity() * sizeof(Entry) + index_.capacity() * sizeof(index_[0]);
  }

  [[nodiscard]] auto begin() { return entries_.begin(); }
  [[nodiscard]] auto end() { return entries_.end(); }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::size_t smallest = 64;

  /// Where a key's search begins: neighbouring keys begin apart (Knuth, multiplicative hashing).
  [[nodiscard]] std::size_t first_place_of(std::uint64_t key) const {
    const int bits = std::countr_zero(index_.size());
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> (64 - bits));
  }
  [[nodiscard]] std::size_t next(std::size_t place) const { return (place + 1) & (index_.size() - 1); }
  /// Where in the index the key's entry is named, or would be.
  [[nodiscard]] std::size_t place_of(std::uint64_t key) const {
    std::size_t place = first_place_of(key);
    while (index_[place] != none && entries_[index_[place]].key != key) place = next(place);
    return place;
  }
  /// Empties a place of the index, and moves up what would not be found any more.
  void close_gap(std::size_t gap) {
    const std::size_t mask = index_.size() - 1;
    for (std::size_t place = next(gap); index_[place] != none; place = next(place)) {
      const std::size_t first = first_place_of(entries_[index_[place]].key);
      if (((place - first) & mask) < ((place - gap) & mask)) continue;  // it begins behind the gap
      index_[gap] = index_[place];
      gap = place;
    }
    index_[gap] = none;
  }
  void rebuild(std::size_t places) {
    index_.assign(places, none);
    for (std::size_t number = 0; number < entries_.size(); ++number)
      index_[place_of(entries_[number].key)] = static_cast<std::uint32_t>(number);
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_ = std::vector<std::uint32_t>(smallest, none);  // a power of two of places
};

}  // namespace adapm::base
