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
      to_column_(column_.size()),
      by_relay_(row_.size()) {
  for (const auto* peers : {&row_, &column_})
    for (std::uint32_t i = 0; i < peers->size(); ++i) index_of_[static_cast<std::size_t>((*peers)[i])] = i;
  for (int to = 0; to < size; ++to) relay_of_.push_back(grid_.relay(rank, to));
}

void Relaying::take_outgoing(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts) {
  for (auto* messages : {&to_row_, &to_column_})
    for (base::Bytes& message : *messages) message.clear();
  for (std::size_t to = 0; to < outgoing.size(); ++to) {
    base::Bytes& message = outgoing[to];
    if (message.empty() || static_cast<int>(to) == rank_) continue;
    if (message.size() <= longest_passed_on) {
      put({rank_, to, message.size(), Way::whole}, message.data());
      message.clear();
    } else {
      put({rank_, to, message.size(), Way::direct}, nullptr);
    }
  }
  multicasts.for_each([this](auto to, auto content) { put_multicast(to, content); });
  multicasts.clear();
}

/// Into the message that takes it on.
void Relaying::put(const Head& head, const std::byte* content) {
  ADAPM_ASSERT(static_cast<int>(head.to) != rank_);
  const int relay = relay_of_[head.to];
  base::Bytes& message =
      relay == rank_ ? to_column_[index_of_[head.to]] : to_row_[index_of_[static_cast<std::size_t>(relay)]];
  message.put(head);
  if (head.way() == Way::whole) message.put_all(std::span(content, head.bytes()));
}

void Relaying::put_multicast(std::span<const int> to, std::span<const std::byte> content) {
  for (const int rank : to) {
    const auto receiver = static_cast<std::size_t>(rank);
    const int relay = relay_of_[receiver];
    if (relay == rank_ || relay == rank) {
      put({rank_, receiver, content.size(), Way::whole}, content.data());
    } else {
      by_relay_[index_of_[static_cast<std::size_t>(relay)]].push_back(static_cast<std::uint32_t>(rank));
    }
  }
  for (std::size_t i = 0; i < row_.size(); ++i) {
    std::vector<std::uint32_t>& receivers = by_relay_[i];
    if (receivers.empty()) continue;
    to_row_[i].put(Head(rank_, receivers.size(), content.size(), Way::several));
    receivers.resize(list_bytes(receivers.size()) / sizeof(std::uint32_t));
    to_row_[i].put_all(std::span<const std::uint32_t>(receivers));
    to_row_[i].put_all(content);
    receivers.clear();
  }
}

void Relaying::take_from_row(const base::Bytes& message, std::vector<Arrived>& arrived) {
  base::ByteReader reader(message);
  while (!reader.at_end()) {
    const auto head = reader.get<Head>();
    if (head.way() == Way::several) {
      pass_on_to_several(head, reader);
      continue;
    }
    const std::byte* const content = head.way() == Way::whole ? reader.take(head.bytes()) : nullptr;
    if (static_cast<int>(head.to) == rank_) {
      arrived.push_back({static_cast<int>(head.from), head.bytes(), content});
    } else {
      pass_on(head, content);
    }
  }
}

void Relaying::pass_on(const Head& head, const std::byte* content) {
  put(head, content);
  bytes_passed_on_ += head_bytes + (content == nullptr ? 0 : head.bytes());
}

void Relaying::pass_on_to_several(const Head& head, base::ByteReader& reader) {
  base::ByteReader receivers = reader;
  reader.take(list_bytes(head.to));
  const std::byte* const content = reader.take(head.bytes());
  for (std::uint32_t i = 0; i < head.to; ++i)
    pass_on({static_cast<int>(head.from), receivers.get<std::uint32_t>(), head.bytes(), Way::whole}, content);
}

void Relaying::take_from_column(const base::Bytes& message, std::vector<Arrived>& arrived) {
  base::ByteReader reader(message);
  while (!reader.at_end()) {
    const auto head = reader.get<Head>();
    ADAPM_ASSERT(static_cast<int>(head.to) == rank_ && head.way() != Way::several);
    const std::byte* const content = head.way() == Way::whole ? reader.take(head.bytes()) : nullptr;
    arrived.push_back({static_cast<int>(head.from), head.bytes(), content});
  }
}

}  // namespace adapm::port
