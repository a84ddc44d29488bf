#include "port/peer_messages.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "mpi/keep_for_ever.hpp"
#include "mpi/runtime.hpp"
#include "port/exchange.hpp"
#include "port/requests.hpp"

namespace adapm::port {

using mpi::check;

PeerMessages::PeerMessages(MPI_Comm communicator, std::vector<int> ranks)
    : communicator_(communicator),
      ranks_(std::move(ranks)),
      requests_(ranks_.size(), MPI_REQUEST_NULL),
      messages_(ranks_.size()) {
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    firsts_.emplace_back(first_part_bytes);
    await_next(i);
  }
}

PeerMessages::~PeerMessages() {
  for (MPI_Request& request : requests_) {
    if (request == MPI_REQUEST_NULL) continue;
    MPI_Cancel(&request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
}

void PeerMessages::leave_disorderly() {
  mpi::keep_for_ever(std::make_unique<std::vector<base::Bytes>>(std::move(firsts_)));
  mpi::keep_for_ever(std::make_unique<std::vector<ArrivingMessage>>(std::move(messages_)));
  requests_.clear();
}

void PeerMessages::await_next(std::size_t i) {
  check(MPI_Irecv(firsts_[i].data(), static_cast<int>(first_part_bytes), MPI_BYTE, ranks_[i], ExchangeTag::first_part,
                  communicator_, &requests_[i]),
        "MPI_Irecv");
}

std::size_t PeerMessages::look() {
  std::size_t parts = 0;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    if (!messages_[i].has_begun() && test(requests_[i])) {
      messages_[i].take_first(firsts_[i], ranks_[i], communicator_);
      ++parts;
    }
    parts += messages_[i].look();
  }
  return parts;
}

bool PeerMessages::any_has_begun() const {
  return std::any_of(messages_.begin(), messages_.end(), [](const ArrivingMessage& m) { return m.has_begun(); });
}

bool PeerMessages::all_are_complete() const {
  return std::all_of(messages_.begin(), messages_.end(), [](const ArrivingMessage& m) { return m.is_complete(); });
}

std::vector<int> PeerMessages::awaited() const {
  std::vector<int> ranks;
  for (std::size_t i = 0; i < ranks_.size(); ++i)
    if (!messages_[i].is_complete()) ranks.push_back(ranks_[i]);
  return ranks;
}

void PeerMessages::hand_over(std::size_t i, base::Bytes& with) {
  messages_[i].hand_over(with);
  await_next(i);
}

}  // namespace adapm::port
