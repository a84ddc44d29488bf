// An exchange of all ranks over MPI: each sends what it has for the others, and all combine their votes. Two ways:
//
// Dense: a message to every other rank, with the votes in it. One step of the network, so the quickest among few ranks.
// Sparse: messages only to ranks that there is something for, and the votes in a reduction: a number of messages that
// grows with the logarithm of the number of ranks. One reduction tells as well that nothing is on its way any more: a
// rank takes part in it when all that it has sent has begun to be received (Hoefler, Siebert and Lumsdaine 2010,
// "Scalable communication protocols for dynamic sparse data exchange"). Two to four steps more than the dense one.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace adapm::port {

/// On the communicator of the exchanges; see also RoundWatch.
enum ExchangeTag : int { first_part = 1, rest_part = 2, begun = 3, first_part_of_odd = 4 };

class Exchange {
 public:
  Exchange() = default;
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// See Port::start_exchange().
  virtual void start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) = 0;
  virtual bool test(std::vector<base::Bytes>& incoming) = 0;
  virtual bool peer_has_started() = 0;
  /// Bytes that a rank sends for so many votes.
  [[nodiscard]] virtual std::size_t bytes_of_votes(std::size_t num_votes) const = 0;

  /// Ranks that the exchange under way waits for, as far as is known.
  [[nodiscard]] virtual std::vector<int> awaited() const = 0;
  /// Grows whenever something comes.
  [[nodiscard]] std::uint64_t arrivals() const { return arrivals_; }
  /// See MpiPort::leave_disorderly().
  virtual void leave_disorderly() = 0;

 protected:
  std::uint64_t arrivals_ = 0;
};

/// Messages that a rank sends in a reduction to all.
[[nodiscard]] constexpr int reduction_steps(int size) {
  return static_cast<int>(std::bit_width(static_cast<unsigned>(size - 1)));
}

/// The largest of each element, in place.
inline void combine_votes(std::span<std::uint64_t> into, std::span<const std::uint64_t> others) {
  for (std::size_t i = 0; i < into.size(); ++i)
    if (others[i] > into[i]) into[i] = others[i];
}

}  // namespace adapm::port
