// The next message of an exchange from each of some ranks. A receive for its first part, of bounded size, is always
// posted, so that an exchange needs no counts beforehand.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <vector>

#include "base/bytes.hpp"
#include "port/message_parts.hpp"

namespace adapm::port {

class PeerMessages {
 public:
  PeerMessages(MPI_Comm communicator, std::vector<int> ranks);
  ~PeerMessages();
  PeerMessages(const PeerMessages&) = delete;
  PeerMessages& operator=(const PeerMessages&) = delete;

  [[nodiscard]] const std::vector<int>& ranks() const { return ranks_; }
  /// Looks for what has come; returns how many parts have since the last look.
  std::size_t look();
  [[nodiscard]] bool any_has_begun() const;
  [[nodiscard]] bool all_are_complete() const;
  /// Ranks whose message is not complete.
  [[nodiscard]] std::vector<int> awaited() const;

  /// By index in ranks(); complete.
  [[nodiscard]] const ArrivingMessage& operator[](std::size_t i) const { return messages_[i]; }
  /// Swaps the message with `with` and awaits the next of that rank.
  void hand_over(std::size_t i, base::Bytes& with);

  /// See MpiPort::leave_disorderly().
  void leave_disorderly();

 private:
  void await_next(std::size_t i);

  const MPI_Comm communicator_;
  const std::vector<int> ranks_;
  std::vector<base::Bytes> firsts_;    // by index in ranks_, as what follows
  std::vector<MPI_Request> requests_;  // of first parts
  std::vector<ArrivingMessage> messages_;
};

}  // namespace adapm::port
