// One message to every other rank. Its first part is of bounded size, and a receive for it is always posted, so that an
// exchange needs no counts beforehand.
#pragma once

#include <mpi.h>

#include <vector>

#include "port/exchange.hpp"
#include "port/message_parts.hpp"
#include "port/outbox.hpp"

namespace adapm::port {

class DenseExchange final : public Exchange {
 public:
  DenseExchange(MPI_Comm communicator, Outbox& outbox);
  ~DenseExchange() override;

  void start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) override;
  bool test(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started() override;
  [[nodiscard]] std::size_t bytes_of_votes(std::size_t num_votes) const override {
    return (peers_.size() - 1) * num_votes * sizeof(std::uint64_t);
  }
  [[nodiscard]] std::vector<int> awaited() const override;
  void leave_disorderly() override;

 private:
  struct Peer {
    base::Bytes first = base::Bytes(first_part_bytes);
    MPI_Request request = MPI_REQUEST_NULL;  // of the first part, always posted between exchanges
    ArrivingMessage message;
  };
  void post_first(int rank);
  bool poll(int rank);

  const MPI_Comm communicator_;
  Outbox& outbox_;
  int rank_ = 0;
  std::vector<Peer> peers_;  // by rank
  std::span<std::uint64_t> votes_;
  base::Bytes own_;  // to this rank itself
};

}  // namespace adapm::port
