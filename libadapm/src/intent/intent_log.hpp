// Intents as words, one after the other, in the order in which a worker signalled them: start, end, number of keys, the
// keys. Written by one call per intent, read front to back twice: when an intent begins, and when it is over. Workers
// signal in order of both clocks nearly always; records out of order are taken out and lie on a heap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "adapm/types.hpp"
#include "base/assert.hpp"

namespace adapm::intent {

/// A piece of a log.
using Words = std::vector<std::uint64_t>;

/// "These keys will be accessed while start <= clock < end."
struct Intent {
  Clock start;
  Clock end;
  KeySpan keys;
};

inline void append_intent(Words& words, const Intent& intent) {
  const std::uint64_t head[] = {static_cast<std::uint64_t>(intent.start), static_cast<std::uint64_t>(intent.end),
                                intent.keys.size()};
  words.insert(words.end(), std::begin(head), std::end(head));
  words.insert(words.end(), intent.keys.begin(), intent.keys.end());
}

/// Intents by one of their clocks, earliest first.
template <Clock Intent::* by>
class IntentHeap {
 public:
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  /// Requires !empty(). Valid until the heap changes.
  [[nodiscard]] Intent front() const { return heap_.front().view(); }
  void push(const Intent& intent) {
    heap_.push_back({intent.start, intent.end, std::vector<Key>(intent.keys.begin(), intent.keys.end())});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }

 private:
  struct Owned {
    Clock start;
    Clock end;
    std::vector<Key> keys;
    [[nodiscard]] Intent view() const { return {start, end, keys}; }
  };
  static bool later(const Owned& a, const Owned& b) { return a.view().*by > b.view().*by; }
  std::vector<Owned> heap_;
};

/// Intents of which neither start nor end is before that of an earlier one. Two places are kept: the first that has not
/// begun, and the first that is not over.
class IntentLog {
 public:
  [[nodiscard]] bool all_begun() const { return next_to_begin_.piece == end_piece(); }
  [[nodiscard]] bool all_over() const { return next_to_end_ == next_to_begin_; }
  /// Requires !all_begun().
  [[nodiscard]] Intent first_to_begin() const { return intent(next_to_begin_); }
  /// The first that has begun and is not over. Requires !all_over().
  [[nodiscard]] Intent first_to_end() const { return intent(next_to_end_); }
  void begin_first() { step(next_to_begin_); }
  void end_first() { step(next_to_end_); }
  /// The first that has not begun never will. Requires all_over().
  void drop_first() {
    ADAPM_ASSERT(all_over());
    step(next_to_begin_);
    next_to_end_ = next_to_begin_;
  }

  /// Adds a piece; calls take_out(intent) for what is out of order.
  template <class TakeOut>
  void add(Words piece, TakeOut take_out) {
    for (std::size_t at = 0; at < piece.size(); at += length(piece, at)) {
      const Intent intent = read(piece, at);
      // One that never ends would put all that follow out of order.
      if (intent.start >= last_start_ && intent.end >= last_end_ && intent.end != clock_forever) {
        last_start_ = intent.start;
        last_end_ = intent.end;
      } else {
        take_out(intent);
        piece[at + count_word] |= taken_out;
      }
    }
    const bool at_tail = all_begun();
    const bool nothing_live = all_over();
    pieces_.push_back(std::move(piece));
    if (!at_tail) return;
    skip(next_to_begin_);
    if (nothing_live) next_to_end_ = next_to_begin_;
  }

  /// A piece of which everything is over, emptied, for reuse; an empty one without memory if there is none.
  Words remove_finished() {
    if (pieces_.empty() || next_to_end_.piece <= first_piece_) return {};
    Words finished = std::move(pieces_.front());
    pieces_.pop_front();
    ++first_piece_;
    finished.clear();
    return finished;
  }

 private:
  struct Place {
    std::uint64_t piece = 0;  // counted from the beginning of the log
    std::size_t at = 0;       // word
    friend bool operator==(const Place&, const Place&) = default;
  };
  static constexpr std::size_t count_word = 2;
  static constexpr std::size_t head_words = 3;
  static constexpr std::uint64_t taken_out = std::uint64_t{1} << 63U;

  static std::size_t length(const Words& piece, std::size_t at) {
    return head_words + static_cast<std::size_t>(piece[at + count_word] & ~taken_out);
  }
  static Intent read(const Words& piece, std::size_t at) {
    return {static_cast<Clock>(piece[at]), static_cast<Clock>(piece[at + 1]),
            KeySpan(piece.data() + at + head_words, length(piece, at) - head_words)};
  }
  [[nodiscard]] std::uint64_t end_piece() const { return first_piece_ + pieces_.size(); }
  [[nodiscard]] const Words& piece(Place place) const {
    return pieces_[static_cast<std::size_t>(place.piece - first_piece_)];
  }
  [[nodiscard]] Intent intent(Place place) const { return read(piece(place), place.at); }
  void step(Place& place) const {
    place.at += length(piece(place), place.at);
    skip(place);
  }
  /// To the next record that was not taken out, or to the end of the log.
  void skip(Place& place) const {
    while (place.piece < end_piece()) {
      const Words& words = piece(place);
      while (place.at < words.size() && (words[place.at + count_word] & taken_out) != 0)
        place.at += length(words, place.at);
      if (place.at < words.size()) return;
      ++place.piece;
      place.at = 0;
    }
  }

  std::deque<Words> pieces_;
  std::uint64_t first_piece_ = 0;
  Place next_to_begin_;
  Place next_to_end_;
  Clock last_start_ = 0;
  Clock last_end_ = 0;
};

}  // namespace adapm::intent
