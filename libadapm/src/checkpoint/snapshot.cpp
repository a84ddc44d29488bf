#include "checkpoint/snapshot.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/assert.hpp"

namespace adapm::checkpoint {

using directory::Presence;

namespace {

constexpr std::size_t prefetch_distance = 8;
constexpr std::size_t left_block_bytes = std::size_t{1} << 20U;

}  // namespace

template <class V>
void Snapshot<V>::take() {
  words_ = static_cast<std::size_t>((table_.num_keys() + keys_per_word - 1) / keys_per_word);
  wanted_ = std::make_unique<Word[]>(words_);
  for (std::size_t word = 0; word < words_; ++word) {
    const Key first = word * keys_per_word;
    const Key end = std::min(first + keys_per_word, table_.num_keys());
    std::uint64_t bits = 0;
    for (Key key = first; key < end; ++key)
      if (table_.get(key).presence() == Presence::owner) bits |= std::uint64_t{1} << (key - first);
    wanted_[word].store(bits, std::memory_order_relaxed);
  }
  values_.watch_departures(this);
}

template <class V>
bool Snapshot<V>::claim(Key key) {
  const std::uint64_t bit = std::uint64_t{1} << (key % keys_per_word);
  return (wanted_[key / keys_per_word].fetch_and(~bit, std::memory_order_acq_rel) & bit) != 0;
}

template <class V>
bool Snapshot<V>::next(ValueBlock<V>& block, std::size_t enough_bytes) {
  block.clear();
  while (next_word_ < words_ && block.values.size() < enough_bytes) copy_keys_of_word(next_word_++, block);
  if (!block.keys.empty()) return true;
  // A key that was claimed under the mutex lies there by now.
  const base::MutexLock lock(mutex_);
  if (left_.empty()) return false;
  std::swap(block, left_.front());
  left_.pop_front();
  return true;
}

/// Copies first and claims then: what was copied after the key has left is of no value, and is dropped.
template <class V>
void Snapshot<V>::copy_keys_of_word(std::size_t word, ValueBlock<V>& block) {
  std::array<Key, keys_per_word> keys;
  std::size_t n = 0;
  for (std::uint64_t bits = wanted_[word].load(std::memory_order_acquire); bits != 0; bits &= bits - 1)
    keys[n++] = word * keys_per_word + static_cast<Key>(std::countr_zero(bits));
  for (std::size_t i = 0; i < std::min(n, prefetch_distance); ++i) values_.prefetch(keys[i]);
  for (std::size_t i = 0; i < n; ++i) {
    if (i + prefetch_distance < n) values_.prefetch(keys[i + prefetch_distance]);
    const std::size_t length = values_.layout().length(keys[i]);
    const Presence found = values_.try_pull(keys[i], block.add(keys[i], length));
    const bool had_left = !claim(keys[i]);
    ADAPM_ASSERT(had_left || found != Presence::elsewhere);
    if (had_left) block.drop_last(length);
  }
}

template <class V>
void Snapshot<V>::leaves(Key key, const V* value) {
  const base::MutexLock lock(mutex_);
  if (!claim(key)) return;
  if (left_.empty() || left_.back().values.size() >= left_block_bytes) left_.emplace_back();
  const std::size_t length = values_.layout().length(key);
  base::copy_out(left_.back().add(key, length), value, length);
}

template class Snapshot<float>;
template class Snapshot<double>;
template class Snapshot<std::int64_t>;

}  // namespace adapm::checkpoint
