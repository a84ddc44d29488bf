#include "port/sparse_exchange.hpp"

#include <algorithm>
#include <utility>

#include "mpi/keep_for_ever.hpp"
#include "mpi/runtime.hpp"
#include "port/requests.hpp"

namespace adapm::port {

namespace {

using mpi::check;

}  // namespace

std::vector<int> tree_neighbours(int rank, int size) {
  std::vector<int> neighbours;
  if (rank > 0) neighbours.push_back((rank - 1) / 2);
  for (const int child : {2 * rank + 1, 2 * rank + 2})
    if (child < size) neighbours.push_back(child);
  return neighbours;
}

SparseExchange::SparseExchange(MPI_Comm communicator, Outbox& outbox) : communicator_(communicator), outbox_(outbox) {
  check(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(communicator, &size_), "MPI_Comm_size");
  buffers_->arriving.resize(static_cast<std::size_t>(size_));
  for (const int rank : tree_neighbours(rank_, size_)) tree_.push_back({rank});
  for (TreeNeighbour& neighbour : tree_) listen(neighbour);
}

SparseExchange::~SparseExchange() {
  for (TreeNeighbour& neighbour : tree_) {
    for (; neighbour.begun < number_; ++neighbour.begun) {  // nothing stays behind on the communicator
      MPI_Wait(&neighbour.request, MPI_STATUS_IGNORE);
      MPI_Irecv(nullptr, 0, MPI_BYTE, neighbour.rank, begun, communicator_, &neighbour.request);
    }
    MPI_Cancel(&neighbour.request);
    MPI_Wait(&neighbour.request, MPI_STATUS_IGNORE);
  }
}

void SparseExchange::leave_disorderly() {
  mpi::keep_for_ever(std::move(buffers_));
  tree_.clear();
}

std::size_t SparseExchange::bytes_of_votes(std::size_t num_votes) const {
  return static_cast<std::size_t>(reduction_steps(size_)) * num_votes * sizeof(std::uint64_t);
}

// --- who has begun ------------------------------------------------------------------------------------------------

void SparseExchange::listen(TreeNeighbour& neighbour) {
  check(MPI_Irecv(nullptr, 0, MPI_BYTE, neighbour.rank, begun, communicator_, &neighbour.request), "MPI_Irecv");
}

void SparseExchange::hear_of_begun() {
  for (TreeNeighbour& neighbour : tree_) {
    while (port::test(neighbour.request)) {
      ++neighbour.begun;
      ++arrivals_;
      listen(neighbour);
    }
  }
}

bool SparseExchange::peer_has_started() {
  hear_of_begun();
  return std::any_of(tree_.begin(), tree_.end(), [this](const TreeNeighbour& n) { return n.begun > number_; });
}

// --- an exchange --------------------------------------------------------------------------------------------------

void SparseExchange::start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) {
  ++number_;
  phase_ = Phase::sending;
  votes_ = votes;
  for (const TreeNeighbour& neighbour : tree_) outbox_.send(communicator_, neighbour.rank, begun, {});
  for (int i = 1; i < size_; ++i) {
    const int to = (rank_ + i) % size_;  // not everybody to rank 0 first
    base::Bytes& message = outgoing[static_cast<std::size_t>(to)];
    if (message.empty()) continue;
    const base::Bytes& first = buffers_->firsts.emplace_back(first_part_of({}, message));
    MPI_Request& taken = buffers_->taken.emplace_back(MPI_REQUEST_NULL);
    check(MPI_Issend(first.data(), static_cast<int>(first.size()), MPI_BYTE, to, first_part_tag(), communicator_,
                     &taken),
          "MPI_Issend");
    send_rest(outbox_, communicator_, to, 0, std::move(message));
    message = outbox_.spare();
  }
  own_ = std::exchange(outgoing[static_cast<std::size_t>(rank_)], {});
}

void SparseExchange::receive_firsts() {
  for (;;) {
    int arrived = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status;
    check(MPI_Improbe(MPI_ANY_SOURCE, first_part_tag(), communicator_, &arrived, &handle, &status), "MPI_Improbe");
    if (arrived == 0) return;
    base::Bytes first(first_part_bytes);
    check(MPI_Mrecv(first.data(), static_cast<int>(first.size()), MPI_BYTE, &handle, MPI_STATUS_IGNORE), "MPI_Mrecv");
    from_.push_back(status.MPI_SOURCE);
    buffers_->arriving[static_cast<std::size_t>(status.MPI_SOURCE)].take_first(first, status.MPI_SOURCE, communicator_);
    ++arrivals_;
  }
}

/// All that this rank has sent has begun to be received.
void SparseExchange::start_reduction() {
  phase_ = Phase::reducing;
  buffers_->firsts.clear();
  buffers_->taken.clear();
  buffers_->votes.assign(votes_.begin(), votes_.end());
  if (votes_.empty()) buffers_->votes.push_back(0);  // then it is just a barrier
  check(MPI_Iallreduce(MPI_IN_PLACE, buffers_->votes.data(), static_cast<int>(buffers_->votes.size()), MPI_UINT64_T,
                       MPI_MAX, communicator_, &reduction_),
        "MPI_Iallreduce");
}

bool SparseExchange::test(std::vector<base::Bytes>& incoming) {
  receive_firsts();
  if (phase_ == Phase::sending && port::test_all(buffers_->taken)) start_reduction();
  if (phase_ == Phase::reducing && port::test(reduction_)) {
    phase_ = Phase::over;
    ++arrivals_;
  }
  bool complete = phase_ == Phase::over;
  for (const int rank : from_) {
    ArrivingMessage& message = buffers_->arriving[static_cast<std::size_t>(rank)];
    arrivals_ += message.look();
    complete = complete && message.is_complete();
  }
  if (!complete) return false;
  hand_over(incoming);
  return true;
}

void SparseExchange::hand_over(std::vector<base::Bytes>& incoming) {
  for (base::Bytes& message : incoming) message.clear();
  for (const int rank : from_)
    buffers_->arriving[static_cast<std::size_t>(rank)].hand_over(incoming[static_cast<std::size_t>(rank)]);
  from_.clear();
  incoming[static_cast<std::size_t>(rank_)] = std::move(own_);
  std::copy_n(buffers_->votes.begin(), votes_.size(), votes_.begin());
}

/// While the reduction is under way it could be any.
std::vector<int> SparseExchange::awaited() const {
  std::vector<int> ranks;
  for (int rank = 0; rank < size_; ++rank)
    if (rank != rank_ && !buffers_->arriving[static_cast<std::size_t>(rank)].is_complete()) ranks.push_back(rank);
  return ranks;
}

}  // namespace adapm::port
