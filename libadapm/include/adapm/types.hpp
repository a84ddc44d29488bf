/// @file
/// The words of the interface that carry no behaviour: keys, clocks, tickets.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>

namespace adapm {

/// A key: 0-based and dense, below the store's `num_keys`.
using Key = std::uint64_t;
/// A list of keys; keys may repeat.
using KeySpan = std::span<const Key>;

/// A worker's logical clock. What one tick means (a data point, a sentence, a batch) is the application's choice.
using Clock = std::int64_t;

/// An intent with this end never expires while its worker lives.
inline constexpr Clock clock_forever = std::numeric_limits<Clock>::max();

/// The element types a store can hold.
template <class V>
concept ValueElement = std::same_as<V, float> || std::same_as<V, double> || std::same_as<V, std::int64_t>;

/// Names one asynchronous operation of one worker. A default-constructed ticket is done.
/// Tickets are plain values; keeping or dropping one has no effect on its operation.
class Ticket {
 public:
  constexpr Ticket() = default;
  /// True if the operation was complete when the call that returned this ticket returned.
  [[nodiscard]] constexpr bool immediate() const { return id_ == 0; }
  /// For interfaces in other languages: 0 if immediate, else counted from 1 by its worker.
  [[nodiscard]] constexpr std::uint64_t number() const { return id_; }
  /// The ticket that number() names.
  [[nodiscard]] static constexpr Ticket numbered(std::uint64_t number) { return Ticket(number); }
  /// Tickets of the same operation, if of the same worker.
  friend constexpr bool operator==(Ticket, Ticket) = default;

 private:
  template <ValueElement V>
  friend class Worker;
  constexpr explicit Ticket(std::uint64_t id) : id_(id) {}
  std::uint64_t id_ = 0;
};

}  // namespace adapm
