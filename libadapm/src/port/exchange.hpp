// An exchange of all ranks over MPI: each sends what it has for the others, and all combine their votes. Two ways, in
// both of which each rank knows whose messages to await, as they are always sent:
//
// Dense: a message to every other rank. One step of the network, so the quickest among few ranks.
// Grid: a message to those in the same row of a grid of ranks, then to those in the same column, which pass on what is
// for others (as in "mesh streaming" of Charm++'s TRAM: Wesolowski et al. 2014). Two steps, two square roots as many
// messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/multicasts.hpp"
#include "base/summands.hpp"

namespace adapm::port {

/// On the communicator of the exchanges; see also RoundWatch.
enum ExchangeTag : int { first_part = 1, rest_part = 2, direct_part = 3 };

class Exchange {
 public:
  Exchange() = default;
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// See Port::start_exchange().
  virtual std::size_t start(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands,
                            std::span<std::uint64_t> votes) = 0;
  virtual bool test(std::vector<base::Bytes>& incoming) = 0;
  virtual bool peer_has_started() = 0;
  /// Ranks that the exchange under way waits for, as far as is known.
  [[nodiscard]] virtual std::vector<int> awaited() const = 0;
  /// Grows whenever something comes.
  [[nodiscard]] std::uint64_t arrivals() const { return arrivals_; }
  /// See MpiPort::leave_disorderly().
  virtual void leave_disorderly() = 0;

 protected:
  std::uint64_t arrivals_ = 0;
};

/// The largest of each element, in place.
inline void combine_votes(std::span<std::uint64_t> into, std::span<const std::uint64_t> others) {
  for (std::size_t i = 0; i < into.size(); ++i)
    if (others[i] > into[i]) into[i] = others[i];
}

}  // namespace adapm::port
