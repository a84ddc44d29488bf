// Messages that are on their way to other ranks, whose memory has to stay until they have left.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <deque>
#include <vector>

#include "base/bytes.hpp"

namespace adapm::port {

class Outbox {
 public:
  /// Sends the message whole.
  void send(MPI_Comm communicator, int to, int tag, base::Bytes message);
  /// Sends what follows the first `begin` bytes, in pieces of at most `piece_bytes`.
  void send_pieces(MPI_Comm communicator, int to, int tag, base::Bytes message, std::size_t begin,
                   std::size_t piece_bytes);
  /// Lets go of messages that have left, oldest first.
  void retire();
  /// An empty message, with the memory of a long one that has left, if there is one: fresh pages are dear.
  [[nodiscard]] base::Bytes spare();

  /// Waits until all have left.
  void drain();
  /// Nobody may ever take what is on its way: its memory stays for ever.
  void leave_disorderly();

 private:
  struct Sending {
    base::Bytes message;
    std::vector<MPI_Request> pieces;
  };
  std::deque<Sending> sending_;
  std::vector<base::Bytes> spare_;
};

}  // namespace adapm::port
