#include "word2vec/key_numbers.hpp"

#include <bit>
#include <limits>

namespace adapm::word2vec {

namespace {

constexpr Key nobody = std::numeric_limits<Key>::max();

}  // namespace

KeyNumbers::KeyNumbers(std::size_t max_keys) : table_(std::bit_ceil(2 * max_keys + 1), Entry{nobody, 0}) {}

std::size_t KeyNumbers::place_of(Key key) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> 32) & mask;
  while (table_[place].key != nobody && table_[place].key != key) place = (place + 1) & mask;
  return place;
}

std::uint32_t KeyNumbers::number(Key key, std::vector<Key>& keys) {
  Entry& entry = table_[place_of(key)];
  if (entry.key == nobody) {
    entry = {key, static_cast<std::uint32_t>(keys.size())};
    keys.push_back(key);
  }
  return entry.number;
}

void KeyNumbers::clear(std::span<const Key> keys) {
  // From the last on: a key's place depends only on those that came before it.
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) table_[place_of(*key)].key = nobody;
}

}  // namespace adapm::word2vec
