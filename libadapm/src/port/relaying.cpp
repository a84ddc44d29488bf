#include "port/relaying.hpp"

#include "base/assert.hpp"

namespace adapm::port {

Relaying::Relaying(int rank, int size)
    : rank_(rank),
      grid_(size),
      row_(grid_.row_peers(rank)),
      column_(grid_.column_peers(rank)),
      index_of_(static_cast<std::size_t>(size)),
      to_row_(row_.size()),
      to_column_(column_.size()) {
  for (const auto* peers : {&row_, &column_})
    for (std::uint32_t i = 0; i < peers->size(); ++i) index_of_[static_cast<std::size_t>((*peers)[i])] = i;
}

void Relaying::take_outgoing(std::vector<base::Bytes>& outgoing) {
  for (auto* messages : {&to_row_, &to_column_})
    for (base::Bytes& message : *messages) message.clear();
  for (std::size_t to = 0; to < outgoing.size(); ++to) {
    base::Bytes& message = outgoing[to];
    if (message.empty() || static_cast<int>(to) == rank_) continue;
    const Head head{static_cast<std::uint32_t>(rank_), static_cast<std::uint32_t>(to), message.size()};
    put(head, message.data());
    if (head.is_passed_on()) message.clear();
  }
}

/// Into the message that takes it on.
void Relaying::put(const Head& head, const std::byte* content) {
  const int to = static_cast<int>(head.to);
  const int relay = grid_.relay(rank_, to);
  base::Bytes& message =
      relay == rank_ ? to_column_[index_of_[head.to]] : to_row_[index_of_[static_cast<std::size_t>(relay)]];
  message.put(head);
  if (head.is_passed_on()) message.put_all(std::span(content, head.bytes));
}

void Relaying::take_from_row(const base::Bytes& message, std::vector<Arrived>& arrived) {
  base::ByteReader reader(message);
  while (!reader.at_end()) {
    const auto head = reader.get<Head>();
    const std::byte* const content = head.is_passed_on() ? reader.take(head.bytes) : nullptr;
    if (static_cast<int>(head.to) == rank_) {
      arrived.push_back({static_cast<int>(head.from), head.bytes, content});
    } else {
      put(head, content);
      bytes_passed_on_ += head_bytes + (content == nullptr ? 0 : head.bytes);
    }
  }
}

void Relaying::take_from_column(const base::Bytes& message, std::vector<Arrived>& arrived) {
  base::ByteReader reader(message);
  while (!reader.at_end()) {
    const auto head = reader.get<Head>();
    ADAPM_ASSERT(static_cast<int>(head.to) == rank_);
    arrived.push_back(
        {static_cast<int>(head.from), head.bytes, head.is_passed_on() ? reader.take(head.bytes) : nullptr});
  }
}

}  // namespace adapm::port
