// In two steps along a grid of ranks: a message to each rank of the row, then one to each of the column, with the votes
// in them. A rank has about two square roots of their number to talk to, whoever there is something for.
//
// Each rank needs a message of every rank of its row, and each row one of every other row: no rank ends an exchange
// before all have begun it, so one can be at most one ahead of another.
#pragma once

#include <mpi.h>

#include <vector>

#include "port/exchange.hpp"
#include "port/message_parts.hpp"
#include "port/outbox.hpp"
#include "port/peer_messages.hpp"
#include "port/relaying.hpp"

namespace adapm::port {

class GridExchange final : public Exchange {
 public:
  GridExchange(MPI_Comm communicator, int rank, int size, Outbox& outbox);

  std::size_t start(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands,
                    std::span<std::uint64_t> votes) override;
  bool test(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started() override;
  [[nodiscard]] std::vector<int> awaited() const override;
  void leave_disorderly() override;

 private:
  enum class Step { row, column, direct };

  void send_to(const PeerMessages& peers, std::vector<base::Bytes>& messages);
  void take_from_row();
  void take_from_column();
  void take_arrived();
  base::Bytes& content_from(int rank);
  void ask_for_direct();
  void hand_over(std::vector<base::Bytes>& incoming);

  const MPI_Comm communicator_;
  const int rank_;
  Outbox& outbox_;
  Relaying relaying_;
  PeerMessages row_;
  PeerMessages column_;

  Step step_ = Step::row;             // what is awaited
  std::span<std::uint64_t> votes_;    // the caller's; of this rank, then of its row, then of all
  base::Bytes own_;                   // to this rank itself
  std::vector<int> from_;             // whose messages are here, or coming directly
  std::vector<base::Bytes> content_;  // of them; by rank
  base::Bytes summands_;              // that are here: they are handed over with this rank's own message
  std::vector<Relaying::Arrived> direct_;
  ArrivingPieces pieces_;            // of what comes directly
  std::size_t bytes_passed_on_ = 0;  // before this exchange

  // Scratch.
  base::Bytes message_;
  std::vector<Relaying::Arrived> arrived_;
};

}  // namespace adapm::port
