// A list of different keys: what an intent is signalled for.
#pragma once

#include <cstddef>
#include <vector>

#include "adapm/types.hpp"

namespace adapm::apps {

/// Not thread-safe.
class DistinctKeys {
 public:
  /// Of the keys [0, num_keys).
  explicit DistinctKeys(Key num_keys) : listed_(static_cast<std::size_t>(num_keys)) {}

  void add(Key key) {
    if (listed_[static_cast<std::size_t>(key)]) return;
    listed_[static_cast<std::size_t>(key)] = true;
    keys_.push_back(key);
  }
  void clear() {
    for (const Key key : keys_) listed_[static_cast<std::size_t>(key)] = false;
    keys_.clear();
  }
  [[nodiscard]] KeySpan keys() const { return keys_; }

 private:
  std::vector<Key> keys_;
  std::vector<bool> listed_;  // by key
};

}  // namespace adapm::apps
