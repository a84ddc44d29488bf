// One message to every other rank, with the votes in it.
#pragma once

#include <mpi.h>

#include <vector>

#include "port/exchange.hpp"
#include "port/outbox.hpp"
#include "port/peer_messages.hpp"

namespace adapm::port {

class DenseExchange final : public Exchange {
 public:
  DenseExchange(MPI_Comm communicator, int rank, int size, Outbox& outbox);

  std::size_t start(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands,
                    std::span<std::uint64_t> votes) override;
  bool test(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started() override;
  [[nodiscard]] std::vector<int> awaited() const override { return peers_.awaited(); }
  void leave_disorderly() override { peers_.leave_disorderly(); }

 private:
  const MPI_Comm communicator_;
  const int rank_;
  Outbox& outbox_;
  PeerMessages peers_;
  std::span<std::uint64_t> votes_;
  base::Bytes own_;  // to this rank itself
};

}  // namespace adapm::port
