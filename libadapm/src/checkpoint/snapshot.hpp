// The main copies that one rank had at a round boundary, each once, read while workers and rounds go on.
//
// Between two rounds each key has exactly one owner, so what the ranks' snapshots of one boundary hold together is each
// key once. What a rank owned is noted then; a key's value is copied later, when the reader comes to it, or before, if
// the key leaves the rank: never half of a push.
//
// Threads: take() by the progress thread, leaves() by it too; next() by one other thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "base/mutex.hpp"
#include "checkpoint/value_block.hpp"
#include "directory/location_table.hpp"
#include "store/departure_watcher.hpp"
#include "store/value_store.hpp"

namespace adapm::checkpoint {

template <class V>
class Snapshot final : public store::DepartureWatcher<V> {
 public:
  Snapshot(store::ValueStore<V>& values, const directory::LocationTable& table) : values_(values), table_(table) {}
  ~Snapshot() override { values_.watch_departures(nullptr); }

  /// Notes which keys are here. Between two rounds.
  void take();
  /// Replaces `block` with the next values, until they are `enough_bytes`; false if none is left.
  bool next(ValueBlock<V>& block, std::size_t enough_bytes);
  void leaves(Key key, const V* value) override;

 private:
  using Word = std::atomic<std::uint64_t>;
  static constexpr Key keys_per_word = 64;

  void copy_keys_of_word(std::size_t word, ValueBlock<V>& block);
  /// True if nobody had the key's value so far.
  bool claim(Key key);

  store::ValueStore<V>& values_;
  const directory::LocationTable& table_;
  std::size_t words_ = 0;
  std::unique_ptr<Word[]> wanted_;  // a bit for each key: it was here, and its value is still to be copied
  std::size_t next_word_ = 0;
  base::Mutex mutex_;
  std::deque<ValueBlock<V>> left_ ADAPM_GUARDED_BY(mutex_);  // before the reader came to them
};

extern template class Snapshot<float>;
extern template class Snapshot<double>;
extern template class Snapshot<std::int64_t>;

}  // namespace adapm::checkpoint
