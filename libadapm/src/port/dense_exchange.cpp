#include "port/dense_exchange.hpp"

#include <utility>

namespace adapm::port {

namespace {

/// Beginning with the next: not everybody sends to rank 0 first.
std::vector<int> others(int rank, int size) {
  std::vector<int> ranks;
  for (int i = 1; i < size; ++i) ranks.push_back((rank + i) % size);
  return ranks;
}

}  // namespace

DenseExchange::DenseExchange(MPI_Comm communicator, int rank, int size, Outbox& outbox)
    : communicator_(communicator), rank_(rank), outbox_(outbox), peers_(communicator, others(rank, size)) {}

std::size_t DenseExchange::start(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                                 base::Summands& summands, std::span<std::uint64_t> votes) {
  votes_ = votes;
  multicasts.hand_out(outgoing);
  summands.hand_out(outgoing);
  std::size_t bytes = peers_.ranks().size() * votes.size_bytes();
  for (const int to : peers_.ranks()) {
    base::Bytes& message = outgoing[static_cast<std::size_t>(to)];
    bytes += message.size();
    outbox_.send(communicator_, to, first_part, first_part_of(votes, message));
    send_rest(outbox_, communicator_, to, votes.size(), message);
  }
  own_ = std::exchange(outgoing[static_cast<std::size_t>(rank_)], {});
  return bytes;
}

bool DenseExchange::test(std::vector<base::Bytes>& incoming) {
  arrivals_ += peers_.look();
  if (!peers_.all_are_complete()) return false;
  for (std::size_t i = 0; i < peers_.ranks().size(); ++i) {
    combine_votes(votes_, peers_[i].votes());
    peers_.hand_over(i, incoming[static_cast<std::size_t>(peers_.ranks()[i])]);
  }
  incoming[static_cast<std::size_t>(rank_)] = std::move(own_);
  return true;
}

bool DenseExchange::peer_has_started() {
  arrivals_ += peers_.look();
  return peers_.any_has_begun();
}

}  // namespace adapm::port
