#include "port/message_parts.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.hpp"
#include "mpi/runtime.hpp"
#include "port/exchange.hpp"
#include "port/requests.hpp"

namespace adapm::port {

namespace {

using mpi::check;

constexpr std::size_t piece_bytes = std::size_t{64} << 20U;

struct FirstHead {
  std::uint64_t message_bytes = 0;
  std::uint64_t num_votes = 0;
};

std::size_t room_in_first(std::size_t num_votes) {
  return first_part_bytes - sizeof(FirstHead) - num_votes * sizeof(std::uint64_t);
}

}  // namespace

base::Bytes first_part_of(std::span<const std::uint64_t> votes, const base::Bytes& message) {
  base::Bytes first;
  first.put(FirstHead{message.size(), votes.size()});
  first.put_all(votes);
  first.put_all(std::span(message.data(), std::min(message.size(), room_in_first(votes.size()))));
  return first;
}

void send_rest(Outbox& outbox, MPI_Comm communicator, int to, std::size_t num_votes, base::Bytes& message) {
  const std::size_t in_first = room_in_first(num_votes);
  if (message.size() <= in_first) return message.clear();
  outbox.send_pieces(communicator, to, ExchangeTag::rest_part, std::move(message), in_first, piece_bytes);
  message = outbox.spare();
}

void send_directly(Outbox& outbox, MPI_Comm communicator, int to, base::Bytes& message) {
  outbox.send_pieces(communicator, to, ExchangeTag::direct_part, std::move(message), 0, piece_bytes);
  message = outbox.spare();
}

void ArrivingPieces::ask(std::byte* memory, std::size_t bytes, int from, int tag, MPI_Comm communicator) {
  for (std::size_t at = 0; at < bytes; at += piece_bytes) {
    MPI_Request& request = requests_.emplace_back(MPI_REQUEST_NULL);
    check(MPI_Irecv(memory + at, static_cast<int>(std::min(piece_bytes, bytes - at)), MPI_BYTE, from, tag, communicator,
                    &request),
          "MPI_Irecv");
  }
}

std::size_t ArrivingPieces::look() {
  const std::size_t before = here_;
  while (here_ < requests_.size() && test(requests_[here_])) ++here_;
  return here_ - before;
}

void ArrivingPieces::clear() {
  requests_.clear();
  here_ = 0;
}

void ArrivingMessage::take_first(const base::Bytes& part, int from, MPI_Comm communicator) {
  ADAPM_ASSERT(!begun_);
  begun_ = true;
  base::ByteReader reader(part);
  const auto head = reader.get<FirstHead>();
  votes_.resize(head.num_votes);
  for (std::uint64_t& vote : votes_) vote = reader.get<std::uint64_t>();
  message_.resize_discarding(head.message_bytes);
  const std::size_t in_first = std::min<std::size_t>(head.message_bytes, room_in_first(head.num_votes));
  if (in_first > 0) std::memcpy(message_.data(), reader.take(in_first), in_first);
  rest_.ask(message_.data() + in_first, message_.size() - in_first, from, ExchangeTag::rest_part, communicator);
}

void ArrivingMessage::hand_over(base::Bytes& with) {
  std::swap(message_, with);
  message_.clear();
  rest_.clear();
  begun_ = false;
}

}  // namespace adapm::port
