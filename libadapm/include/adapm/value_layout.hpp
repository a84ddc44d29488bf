/// @file
/// How many keys a store has and how long each key's value is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "adapm/types.hpp"

namespace adapm {

/// The number of keys, and the length of each key's value. Immutable and cheap to copy; safe to read from any thread.
class ValueLayout {
 public:
  /// All `num_keys` keys have values of `length` elements.
  /// Errors  UsageError if either is 0 or beyond 2^48 keys / 2^31 elements.
  static ValueLayout uniform(std::uint64_t num_keys, std::size_t length);

  /// Key k has a value of `lengths[k]` elements.
  /// Errors  UsageError if `lengths` is empty or contains 0.
  static ValueLayout per_key(std::vector<std::uint32_t> lengths);

  /// Keys are 0 to one less.
  [[nodiscard]] std::uint64_t num_keys() const { return num_keys_; }
  /// Whether all values have the same length.
  [[nodiscard]] bool is_uniform() const { return lengths_ == nullptr; }

  /// Elements of key's value. Requires key < num_keys().
  [[nodiscard]] std::size_t length(Key key) const {
    return lengths_ ? (*lengths_)[static_cast<std::size_t>(key)] : uniform_length_;
  }

  /// Each key's, in the order of the keys; null if all have the same.
  [[nodiscard]] const std::uint32_t* lengths() const { return lengths_ ? lengths_->data() : nullptr; }

  /// Elements of all values of `keys` together, repetitions counted. Requires every key < num_keys().
  [[nodiscard]] std::size_t total_length(KeySpan keys) const;

  /// The same keys with values of the same lengths.
  friend bool operator==(const ValueLayout& a, const ValueLayout& b);

 private:
  ValueLayout() = default;
  std::uint64_t num_keys_ = 0;
  std::size_t uniform_length_ = 0;
  std::shared_ptr<const std::vector<std::uint32_t>> lengths_;  // null: uniform
};

}  // namespace adapm
