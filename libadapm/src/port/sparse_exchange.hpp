// Messages to those ranks that there is something for, and one reduction: of the votes, in which a rank takes part when
// all that it has sent has begun to be received. When it is over, nothing is on its way to anybody.
//
// A rank can be one exchange ahead of another: two sets of tags tell the two apart. That a rank has started is passed on
// along a tree, so that all ranks start soon after the first.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "port/exchange.hpp"
#include "port/message_parts.hpp"
#include "port/outbox.hpp"

namespace adapm::port {

/// The ranks that a rank tells, and is told by, that an exchange has begun: its parent and children in a binary tree.
[[nodiscard]] std::vector<int> tree_neighbours(int rank, int size);

class SparseExchange final : public Exchange {
 public:
  SparseExchange(MPI_Comm communicator, Outbox& outbox);
  ~SparseExchange() override;

  void start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) override;
  bool test(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started() override;
  [[nodiscard]] std::size_t bytes_of_votes(std::size_t num_votes) const override;
  [[nodiscard]] std::vector<int> awaited() const override;
  void leave_disorderly() override;

 private:
  enum class Phase { over, sending, reducing };
  /// Who tells that exchanges have begun.
  struct TreeNeighbour {
    int rank = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    std::uint64_t begun = 0;  // exchanges
  };
  /// What MPI may still write to when nobody waits for it any more.
  struct Buffers {
    std::vector<base::Bytes> firsts;  // on their way
    std::vector<MPI_Request> taken;   // by first part: whether it has begun to be received
    std::vector<std::uint64_t> votes;
    std::vector<ArrivingMessage> arriving;  // by rank
  };

  [[nodiscard]] int first_part_tag() const { return number_ % 2 == 0 ? first_part : first_part_of_odd; }
  void listen(TreeNeighbour& neighbour);
  void hear_of_begun();
  void receive_firsts();
  void start_reduction();
  void hand_over(std::vector<base::Bytes>& incoming);

  const MPI_Comm communicator_;
  Outbox& outbox_;
  int rank_ = 0;
  int size_ = 0;
  std::vector<TreeNeighbour> tree_;
  std::uint64_t number_ = 0;  // exchanges started
  Phase phase_ = Phase::over;
  std::span<std::uint64_t> votes_;  // the caller's
  MPI_Request reduction_ = MPI_REQUEST_NULL;
  base::Bytes own_;        // to this rank itself
  std::vector<int> from_;  // whose messages are arriving or here
  std::unique_ptr<Buffers> buffers_ = std::make_unique<Buffers>();
};

}  // namespace adapm::port
