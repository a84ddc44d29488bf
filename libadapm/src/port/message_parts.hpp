// A message of an exchange, of any length: a first part of bounded size, which says how long the message is and has as
// much of it as fits, and the rest in pieces, so that it can be seen to come over a slow network, too.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "port/outbox.hpp"

namespace adapm::port {

/// Below the eager limits of shared memory and TCP.
constexpr std::size_t first_part_bytes = 4000;

/// The first part of a message that begins with `votes`.
[[nodiscard]] base::Bytes first_part_of(std::span<const std::uint64_t> votes, const base::Bytes& message);
/// Sends what the first part has no room for.
void send_rest(Outbox& outbox, MPI_Comm communicator, int to, std::size_t num_votes, base::Bytes message);

/// A message that is coming.
class ArrivingMessage {
 public:
  /// The first part is here: asks for the rest.
  void take_first(const base::Bytes& part, int from, MPI_Comm communicator);
  /// How many parts have come since the last look.
  std::size_t look();
  [[nodiscard]] bool has_begun() const { return begun_; }
  [[nodiscard]] bool is_complete() const { return begun_ && pieces_here_ == pieces_.size(); }
  [[nodiscard]] const std::vector<std::uint64_t>& votes() const { return votes_; }
  /// Swaps the message with `with` and is ready for the next.
  void hand_over(base::Bytes& with);

 private:
  bool begun_ = false;
  std::vector<std::uint64_t> votes_;
  base::Bytes message_;
  std::vector<MPI_Request> pieces_;
  std::size_t pieces_here_ = 0;
};

}  // namespace adapm::port
