// Contributions to sums at other ranks. The transport may add up those that meet on their way. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace adapm::base {

/// Adds up arrays of V.
template <class V>
void add_arrays(std::byte* sum, const std::byte* summand, std::size_t bytes) {
  auto* const to = reinterpret_cast<V*>(sum);
  const auto* const from = reinterpret_cast<const V*>(summand);
  for (std::size_t i = 0; i < bytes / sizeof(V); ++i) to[i] = static_cast<V>(to[i] + from[i]);
}

class Summands {
 public:
  /// sum += summand, of so many bytes, a multiple of 8.
  using AddUp = void (*)(std::byte* sum, const std::byte* summand, std::size_t bytes);
  static constexpr std::size_t name_bytes = sizeof(std::uint64_t);

  explicit Summands(AddUp how) : add_up_(how) {}
  [[nodiscard]] AddUp add_up() const { return add_up_; }

  /// Begins a summand for `to`; what is appended to the result until the next begins is its content. The first 8 bytes
  /// name the sum; those with the same name, rank and size may arrive as one, its content behind the name added up.
  Bytes& begin(int to) {
    begins_.push_back({to, contents_.size()});
    return contents_;
  }
  void drop_last() {
    contents_.shrink(begins_.back().byte);
    begins_.pop_back();
  }

  [[nodiscard]] bool empty() const { return begins_.empty(); }
  void clear() {
    begins_.clear();
    contents_.clear();
  }
  static std::uint64_t name_of(std::span<const std::byte> content) {
    std::uint64_t name = 0;
    std::memcpy(&name, content.data(), name_bytes);
    return name;
  }

  /// Calls visit(int to, std::span<const std::byte> content) for each.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < begins_.size(); ++i) {
      const std::size_t end = i + 1 < begins_.size() ? begins_[i + 1].byte : contents_.size();
      visit(begins_[i].to, std::span(contents_.data() + begins_[i].byte, end - begins_[i].byte));
    }
  }
  /// Appends each to the message of its rank, and forgets it.
  void hand_out(std::vector<Bytes>& messages) {
    for_each(
        [&](int to, std::span<const std::byte> content) { messages[static_cast<std::size_t>(to)].put_all(content); });
    clear();
  }

 private:
  struct Begin {
    int to = 0;
    std::size_t byte = 0;
  };

  const AddUp add_up_;
  std::vector<Begin> begins_;
  Bytes contents_;
};

}  // namespace adapm::base
