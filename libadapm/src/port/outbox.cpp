#include "port/outbox.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/assert.hpp"
#include "mpi/keep_for_ever.hpp"
#include "mpi/runtime.hpp"
#include "port/requests.hpp"

namespace adapm::port {

namespace {

using mpi::check;

constexpr std::size_t longest_message_bytes = std::size_t{1} << 30U;  // MPI counts are ints
constexpr std::size_t max_spare = 16;
constexpr std::size_t smallest_spare_bytes = 4096;

}  // namespace

void Outbox::send(MPI_Comm communicator, int to, int tag, base::Bytes message) {
  send_pieces(communicator, to, tag, std::move(message), 0, longest_message_bytes);
}

void Outbox::send_pieces(MPI_Comm communicator, int to, int tag, base::Bytes message, std::size_t begin,
                         std::size_t piece_bytes) {
  ADAPM_ASSERT(piece_bytes <= longest_message_bytes);
  Sending& sending = sending_.emplace_back(Sending{std::move(message), {}});
  std::size_t at = begin;
  do {
    const std::size_t bytes = std::min(piece_bytes, sending.message.size() - at);
    MPI_Request& request = sending.pieces.emplace_back(MPI_REQUEST_NULL);
    check(MPI_Isend(sending.message.data() + at, static_cast<int>(bytes), MPI_BYTE, to, tag, communicator, &request),
          "MPI_Isend");
    at += bytes;
  } while (at < sending.message.size());
}

void Outbox::retire() {
  while (!sending_.empty() && test_all(sending_.front().pieces)) {
    base::Bytes& message = sending_.front().message;
    if (message.size() >= smallest_spare_bytes && spare_.size() < max_spare) {
      message.clear();
      spare_.push_back(std::move(message));
    }
    sending_.pop_front();
  }
}

base::Bytes Outbox::spare() {
  if (spare_.empty()) return {};
  base::Bytes message = std::move(spare_.back());
  spare_.pop_back();
  return message;
}

void Outbox::drain() {
  for (Sending& sending : sending_)
    MPI_Waitall(static_cast<int>(sending.pieces.size()), sending.pieces.data(), MPI_STATUSES_IGNORE);
  sending_.clear();
}

void Outbox::leave_disorderly() { mpi::keep_for_ever(std::make_unique<std::deque<Sending>>(std::move(sending_))); }

}  // namespace adapm::port
