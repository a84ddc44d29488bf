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
/// Sends what the first part has no room for, and leaves the message empty.
void send_rest(Outbox& outbox, MPI_Comm communicator, int to, std::size_t num_votes, base::Bytes& message);
/// Sends a message without a first part, whose length who gets it knows, and leaves it empty.
void send_directly(Outbox& outbox, MPI_Comm communicator, int to, base::Bytes& message);

/// Pieces that are coming.
class ArrivingPieces {
 public:
  /// Asks for so many bytes in pieces, whose memory has to stay until they are here.
  void ask(std::byte* memory, std::size_t bytes, int from, int tag, MPI_Comm communicator);
  /// How many have come since the last look.
  std::size_t look();
  [[nodiscard]] bool are_here() const { return here_ == requests_.size(); }
  /// They are here: forgets them.
  void clear();

 private:
  std::vector<MPI_Request> requests_;
  std::size_t here_ = 0;
};

/// A message that is coming.
class ArrivingMessage {
 public:
  /// The first part is here: asks for the rest.
  void take_first(const base::Bytes& part, int from, MPI_Comm communicator);
  /// How many parts have come since the last look.
  std::size_t look() { return rest_.look(); }
  [[nodiscard]] bool has_begun() const { return begun_; }
  [[nodiscard]] bool is_complete() const { return begun_ && rest_.are_here(); }
  [[nodiscard]] const std::vector<std::uint64_t>& votes() const { return votes_; }
  /// Swaps the message with `with` and is ready for the next.
  void hand_over(base::Bytes& with);

 private:
  bool begun_ = false;
  std::vector<std::uint64_t> votes_;
  base::Bytes message_;
  ArrivingPieces rest_;
};

}  // namespace adapm::port
