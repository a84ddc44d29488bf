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

  void start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) override;
  bool test(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started() override;
  [[nodiscard]] std::size_t bytes_of_votes(std::size_t num_votes) const override {
    return (row_.ranks().size() + column_.ranks().size()) * num_votes * sizeof(std::uint64_t);
  }
  [[nodiscard]] std::size_t bytes_passed_on() const override { return relaying_.bytes_passed_on(); }
  [[nodiscard]] std::vector<int> awaited() const override;
  void leave_disorderly() override;

 private:
  enum class Step { row, column, direct };

  void send_to(const PeerMessages& peers, std::vector<base::Bytes>& messages);
  void take_from_row();
  void take_from_column();
  void take_arrived();
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
  ArrivingPieces direct_;
  std::vector<int> direct_from_;

  // Scratch.
  base::Bytes message_;
  std::vector<Relaying::Arrived> arrived_;
};

}  // namespace adapm::port
