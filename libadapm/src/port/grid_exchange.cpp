#include "port/grid_exchange.hpp"

#include <memory>
#include <utility>

#include "mpi/keep_for_ever.hpp"

namespace adapm::port {

GridExchange::GridExchange(MPI_Comm communicator, int rank, int size, Outbox& outbox)
    : communicator_(communicator),
      rank_(rank),
      outbox_(outbox),
      relaying_(rank, size),
      row_(communicator, relaying_.row()),
      column_(communicator, relaying_.column()),
      content_(static_cast<std::size_t>(size)) {}

void GridExchange::leave_disorderly() {
  row_.leave_disorderly();
  column_.leave_disorderly();
  mpi::keep_for_ever(std::make_unique<std::vector<base::Bytes>>(std::move(content_)));
}

std::size_t GridExchange::start(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                                base::Summands& summands, std::span<std::uint64_t> votes) {
  step_ = Step::row;
  votes_ = votes;
  own_ = std::exchange(outgoing[static_cast<std::size_t>(rank_)], {});
  relaying_.take_outgoing(outgoing, multicasts, summands);
  std::size_t bytes = (row_.ranks().size() + column_.ranks().size()) * votes.size_bytes();
  bytes += relaying_.bytes_passed_on() - std::exchange(bytes_passed_on_, relaying_.bytes_passed_on());
  for (const auto* messages : {&relaying_.to_row(), &relaying_.to_column(), &outgoing})
    for (const base::Bytes& message : *messages) bytes += message.size();
  send_to(row_, relaying_.to_row());
  for (std::size_t to = 0; to < outgoing.size(); ++to)  // what is left
    if (!outgoing[to].empty()) send_directly(outbox_, communicator_, static_cast<int>(to), outgoing[to]);
  return bytes;
}

void GridExchange::send_to(const PeerMessages& peers, std::vector<base::Bytes>& messages) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    outbox_.send(communicator_, peers.ranks()[i], first_part, first_part_of(votes_, messages[i]));
    send_rest(outbox_, communicator_, peers.ranks()[i], votes_.size(), messages[i]);
  }
}

bool GridExchange::peer_has_started() {
  arrivals_ += row_.look() + column_.look();
  return row_.any_has_begun() || column_.any_has_begun();
}

bool GridExchange::test(std::vector<base::Bytes>& incoming) {
  if (step_ == Step::row) {
    arrivals_ += row_.look();
    if (!row_.all_are_complete()) return false;
    take_from_row();
    send_to(column_, relaying_.to_column());
    step_ = Step::column;
  }
  if (step_ == Step::column) {
    arrivals_ += column_.look();
    if (!column_.all_are_complete()) return false;
    take_from_column();
    ask_for_direct();
    step_ = Step::direct;
  }
  arrivals_ += pieces_.look();
  if (!pieces_.are_here()) return false;
  hand_over(incoming);
  return true;
}

void GridExchange::take_from_row() {
  for (std::size_t i = 0; i < row_.ranks().size(); ++i) {
    combine_votes(votes_, row_[i].votes());
    row_.hand_over(i, message_);
    relaying_.take_from_row(message_, arrived_);
    take_arrived();
  }
}

void GridExchange::take_from_column() {
  for (std::size_t i = 0; i < column_.ranks().size(); ++i) {
    combine_votes(votes_, column_[i].votes());
    column_.hand_over(i, message_);
    relaying_.take_from_column(message_, arrived_);
    take_arrived();
  }
}

void GridExchange::take_arrived() {
  for (const Relaying::Arrived& arrived : arrived_) {
    if (arrived.is_summand) {
      summands_.put_all(std::span(arrived.content, arrived.bytes));
    } else if (arrived.content != nullptr) {
      content_from(arrived.from).put_all(std::span(arrived.content, arrived.bytes));
    } else {
      direct_.push_back(arrived);
    }
  }
  arrived_.clear();
}

/// What has come from that rank so far. Nothing that comes is empty.
base::Bytes& GridExchange::content_from(int rank) {
  base::Bytes& content = content_[static_cast<std::size_t>(rank)];
  if (content.empty()) from_.push_back(rank);
  return content;
}

/// All else that those ranks have sent is here: what they send directly finds its place.
void GridExchange::ask_for_direct() {
  for (const Relaying::Arrived& direct : direct_)
    pieces_.ask(content_from(direct.from).extend(direct.bytes), direct.bytes, direct.from, direct_part, communicator_);
}

void GridExchange::hand_over(std::vector<base::Bytes>& incoming) {
  for (base::Bytes& message : incoming) message.clear();
  for (const int from : from_)
    std::swap(incoming[static_cast<std::size_t>(from)], content_[static_cast<std::size_t>(from)]);
  base::Bytes& own = incoming[static_cast<std::size_t>(rank_)];
  own = std::move(own_);
  own.put_all(std::span<const std::byte>(summands_.data(), summands_.size()));
  summands_.clear();
  from_.clear();
  direct_.clear();
  pieces_.clear();
}

std::vector<int> GridExchange::awaited() const {
  if (step_ == Step::row) return row_.awaited();
  if (step_ == Step::column) return column_.awaited();
  std::vector<int> ranks;
  for (const Relaying::Arrived& direct : direct_) ranks.push_back(direct.from);
  return ranks;
}

}  // namespace adapm::port
