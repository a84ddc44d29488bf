#include "port/grid_exchange.hpp"

#include <cstring>
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

void GridExchange::start(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) {
  step_ = Step::row;
  votes_ = votes;
  own_ = std::exchange(outgoing[static_cast<std::size_t>(rank_)], {});
  relaying_.take_outgoing(outgoing);
  send_to(row_, relaying_.to_row());
  for (std::size_t to = 0; to < outgoing.size(); ++to)  // what is left
    if (!outgoing[to].empty()) send_directly(outbox_, communicator_, static_cast<int>(to), outgoing[to]);
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
    step_ = Step::direct;
  }
  arrivals_ += direct_.look();
  if (!direct_.are_here()) return false;
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
    base::Bytes& content = content_[static_cast<std::size_t>(arrived.from)];
    content.resize_discarding(arrived.bytes);
    from_.push_back(arrived.from);
    if (arrived.content != nullptr) {
      std::memcpy(content.data(), arrived.content, arrived.bytes);
    } else {
      direct_.ask(content.data(), arrived.bytes, arrived.from, direct_part, communicator_);
      direct_from_.push_back(arrived.from);
    }
  }
  arrived_.clear();
}

void GridExchange::hand_over(std::vector<base::Bytes>& incoming) {
  for (base::Bytes& message : incoming) message.clear();
  for (const int from : from_)
    std::swap(incoming[static_cast<std::size_t>(from)], content_[static_cast<std::size_t>(from)]);
  incoming[static_cast<std::size_t>(rank_)] = std::move(own_);
  from_.clear();
  direct_.clear();
  direct_from_.clear();
}

std::vector<int> GridExchange::awaited() const {
  switch (step_) {
    case Step::row:
      return row_.awaited();
    case Step::column:
      return column_.awaited();
    case Step::direct:
      return direct_from_;
  }
  return {};
}

}  // namespace adapm::port
