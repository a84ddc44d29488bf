// Which keys are traced (--sys.trace.keys).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapm/types.hpp"

namespace adapm::trace {

/// Keys that were chosen out of a store's. Constant after construction.
class KeyChoice {
 public:
  explicit KeyChoice(const std::vector<bool>& chosen);

  /// Requires key < the store's number of keys.
  [[nodiscard]] bool contains(Key key) const { return (chosen_[key / 64] >> (key % 64) & 1U) != 0; }
  /// Chosen keys are numbered in their order. Requires contains(key).
  [[nodiscard]] std::size_t number_of(Key key) const {
    return before_[key / 64] + static_cast<std::size_t>(std::popcount(chosen_[key / 64] & (bit(key) - 1)));
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::uint64_t num_keys() const { return num_keys_; }

 private:
  static constexpr std::uint64_t bit(Key key) { return std::uint64_t{1} << (key % 64); }

  std::vector<std::uint64_t> chosen_;  // a bit a key
  std::vector<std::size_t> before_;    // chosen keys in the words before
  std::uint64_t num_keys_;
  std::size_t count_ = 0;
};

/// What `choose_keys` takes, for people.
inline constexpr std::string_view key_choice_grammar =
    "all, or keys (17), ranges (20-29) and random-N[-seed-S][-range-MIN-MAX], separated by commas";

/// Errors  ConfigurationError naming the option if this is none of what choose_keys takes.
void check_key_choice(std::string_view text);

/// `all`; or a list of: a key `17`; a range `20-29`, both included; `random-N`, that many different keys, the same for
/// every store of so many keys, `-seed-S` others, `-range-MIN-MAX` from MIN to below MAX, or without end if MAX is 0.
/// Errors  ConfigurationError naming the option if there are no such keys, or not so many.
[[nodiscard]] KeyChoice choose_keys(std::string_view text, std::uint64_t num_keys);

}  // namespace adapm::trace
