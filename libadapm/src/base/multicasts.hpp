// Messages to several ranks each. Not thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace adapm::base {

class Multicasts {
 public:
  /// Begins a message to these ranks; what is appended to the result until the next begins is its content.
  Bytes& begin(std::span<const int> to) {
    begins_.push_back({ranks_.size(), contents_.size()});
    ranks_.insert(ranks_.end(), to.begin(), to.end());
    return contents_;
  }

  [[nodiscard]] bool empty() const { return begins_.empty(); }
  void clear() {
    begins_.clear();
    ranks_.clear();
    contents_.clear();
  }

  /// Calls visit(std::span<const int> to, std::span<const std::byte> content) for each.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < begins_.size(); ++i) {
      const Begin begin = begins_[i];
      const Begin end = i + 1 < begins_.size() ? begins_[i + 1] : Begin{ranks_.size(), contents_.size()};
      visit(std::span(ranks_).subspan(begin.rank, end.rank - begin.rank),
            std::span(contents_.data(), contents_.size()).subspan(begin.byte, end.byte - begin.byte));
    }
  }

  /// Appends each to the messages of its ranks, and forgets it.
  void hand_out(std::vector<Bytes>& messages) {
    for_each([&](std::span<const int> to, std::span<const std::byte> content) {
      for (const int rank : to) messages[static_cast<std::size_t>(rank)].put_all(content);
    });
    clear();
  }

 private:
  struct Begin {
    std::size_t rank = 0;
    std::size_t byte = 0;
  };
  std::vector<Begin> begins_;
  std::vector<int> ranks_;
  Bytes contents_;
};

}  // namespace adapm::base
