// Where a thread puts events down until the store closes. The thread that writes takes no lock; any thread may read
// what has been written so far. All buffers of a rank share one budget: what goes beyond it is only counted.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "stats/counters.hpp"
#include "trace/event.hpp"

namespace adapm::trace {

/// Thread-safe.
class EventBudget {
 public:
  explicit EventBudget(std::uint64_t events) : left_(events) {}
  /// Returns how many of the `wanted` there are.
  std::uint64_t take(std::uint64_t wanted) {
    std::uint64_t left = left_.load(std::memory_order_relaxed);
    while (!left_.compare_exchange_weak(left, left - std::min(left, wanted), std::memory_order_relaxed)) {
    }
    return std::min(left, wanted);
  }

 private:
  std::atomic<std::uint64_t> left_;
};

class EventBuffer {
 public:
  explicit EventBuffer(EventBudget& budget) : budget_(budget) {}
  /// Piece by piece, for they are many.
  ~EventBuffer() {
    for (Piece* piece = first_.next.load(); piece != nullptr;) piece = std::unique_ptr<Piece>(piece)->next.load();
  }
  EventBuffer(const EventBuffer&) = delete;
  EventBuffer& operator=(const EventBuffer&) = delete;

  // --- the thread whose buffer it is ---
  void record(const Event& event) {
    if (used_ == last_->capacity && !add_piece()) return;
    last_->events[used_++] = event;
    last_->used.store(used_, std::memory_order_release);
  }

  // --- any thread ---
  template <class Visit>
  void for_each(Visit visit) const {
    // The acquires pair with the releases of what was written before. A piece that has a next one is full: asked for the
    // next one first, it shows all of its events.
    for (const Piece *piece = &first_, *next = nullptr; piece != nullptr; piece = next) {
      next = piece->next.load(std::memory_order_acquire);
      const std::uint64_t used = piece->used.load(std::memory_order_acquire);
      for (std::uint64_t i = 0; i < used; ++i) visit(piece->events[i]);
    }
  }
  /// Events that the budget had no room for.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.value(); }

 private:
  static constexpr std::uint64_t events_per_piece = 1024;
  struct Piece {
    explicit Piece(std::uint64_t events_of_it) : capacity(events_of_it), events(new Event[capacity]) {}
    const std::uint64_t capacity;
    const std::unique_ptr<Event[]> events;
    std::atomic<std::uint64_t> used{0};
    std::atomic<Piece*> next{nullptr};
  };

  bool add_piece() {
    const std::uint64_t room = budget_.take(events_per_piece);
    if (room == 0) {
      ++dropped_;
      return false;
    }
    auto piece = std::make_unique<Piece>(room);
    last_->next.store(piece.get(), std::memory_order_release);
    last_ = piece.release();
    used_ = 0;
    return true;
  }

  EventBudget& budget_;
  Piece first_{0};
  Piece* last_ = &first_;
  std::uint64_t used_ = 0;  // of the last piece
  stats::Counter dropped_;
};

}  // namespace adapm::trace
