#include "port/dense_exchange.hpp"

#include <memory>
#include <utility>

#include "mpi/keep_for_ever.hpp"
#include "mpi/runtime.hpp"
#include "port/requests.hpp"

namespace adapm::port {

namespace {

using mpi::check;

int size_of(MPI_Comm communicator) {
  int size = 0;
  check(MPI_Comm_size(communicator, &size), "MPI_Comm_size");
  return size;
}

}  // namespace

DenseExchange::DenseExchange(MPI_Comm communicator, Outbox& outbox)
    : communicator_(communicator), outbox_(outbox), peers_(static_cast<std::size_t>(size_of(communicator))) {
  check(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank");
  for (int rank = 0; rank < static_cast<int>(peers_.size()); ++rank)
    if (rank != rank_) post_first(rank);
}

DenseExchange::~DenseExchange() {
  for (Peer& peer : peers_) {
    if (peer.request == MPI_REQUEST_NULL) continue;
    MPI_Cancel(&peer.request);
    MPI_Wait(&peer.request, MPI_STATUS_IGNORE);
  }
}

void DenseExchange::leave_disorderly() {
  mpi::keep_for_ever(std::make_unique<std::vector<Peer>>(std::move(peers_)));
  peers_.clear();
}

void DenseExchange::post_first(int rank) {
  Peer& peer = peers_[static_cast<std::size_t>(rank)];
  check(MPI_Irecv(peer.first.data(), static_cast<int>(first_part_bytes), MPI_BYTE, rank, first_part, communicator_,
                  &peer.request),
        "MPI_Irecv");
}

void DenseExchange::start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) {
  votes_ = votes;
  const int size = static_cast<int>(peers_.size());
  for (int i = 1; i < size; ++i) {
    const int to = (rank_ + i) % size;  // not everybody to rank 0 first
    base::Bytes& message = outgoing[static_cast<std::size_t>(to)];
    outbox_.send(communicator_, to, first_part, first_part_of(votes, message));
    send_rest(outbox_, communicator_, to, votes.size(), std::move(message));
    message = outbox_.spare();
  }
  own_ = std::exchange(outgoing[static_cast<std::size_t>(rank_)], {});
}

bool DenseExchange::poll(int rank) {
  Peer& peer = peers_[static_cast<std::size_t>(rank)];
  if (!peer.message.has_begun()) {
    if (!port::test(peer.request)) return false;
    peer.message.take_first(peer.first, rank, communicator_);
    ++arrivals_;
  }
  arrivals_ += peer.message.look();
  return peer.message.is_complete();
}

bool DenseExchange::test(std::vector<base::Bytes>& incoming) {
  const int size = static_cast<int>(peers_.size());
  bool complete = true;
  for (int rank = 0; rank < size; ++rank)
    if (rank != rank_) complete = poll(rank) && complete;
  if (!complete) return false;
  for (int rank = 0; rank < size; ++rank) {
    base::Bytes& message = incoming[static_cast<std::size_t>(rank)];
    if (rank == rank_) {
      message = std::move(own_);
      continue;
    }
    Peer& peer = peers_[static_cast<std::size_t>(rank)];
    combine_votes(votes_, peer.message.votes());
    peer.message.hand_over(message);
    post_first(rank);
  }
  return true;
}

bool DenseExchange::peer_has_started() {
  for (int rank = 0; rank < static_cast<int>(peers_.size()); ++rank) {
    if (rank == rank_) continue;
    poll(rank);
    if (peers_[static_cast<std::size_t>(rank)].message.has_begun()) return true;
  }
  return false;
}

std::vector<int> DenseExchange::awaited() const {
  std::vector<int> ranks;
  for (int rank = 0; rank < static_cast<int>(peers_.size()); ++rank)
    if (rank != rank_ && !peers_[static_cast<std::size_t>(rank)].message.is_complete()) ranks.push_back(rank);
  return ranks;
}

}  // namespace adapm::port
