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

void Relaying::take_outgoing(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                             base::Summands& summands) {
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
  sums_.clear();
  add_up_ = summands.add_up();
  summands.for_each([this](int to, auto content) {
    put({rank_, static_cast<std::size_t>(to), content.size(), Way::summand}, content.data());
  });
  summands.clear();
}

std::size_t Relaying::append(base::Bytes& message, const Head& head, const std::byte* content) {
  message.put(head);
  if (!has_content(head.way())) return head_bytes;
  message.put_all(std::span(content, head.bytes()));
  return head_bytes + head.bytes();
}

std::size_t Relaying::put(const Head& head, const std::byte* content) {
  ADAPM_ASSERT(static_cast<int>(head.to) != rank_);
  const int relay = relay_of_[head.to];
  if (relay == rank_) return put_to_column(head, content);
  return append(to_row_[index_of_[static_cast<std::size_t>(relay)]], head, content);
}

/// False if there is no such sum in the message yet.
bool Relaying::add_to_sum(const Head& head, const std::byte* content, base::Bytes& message) {
  constexpr std::size_t name_bytes = base::Summands::name_bytes;
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
  const std::uint64_t name = base::Summands::name_of({content, head.bytes()});
  const Sum here{name, head.to, head.bytes(), message.size() + head_bytes};
  const Sum& sum = sums_.find_or_insert(name + head.to * golden, here);
  if (sum.name != name || sum.to != head.to || sum.bytes != head.bytes() || sum.at == here.at) return false;
  add_up_(message.data() + sum.at + name_bytes, content + name_bytes, head.bytes() - name_bytes);
  return true;
}

std::size_t Relaying::put_to_column(const Head& head, const std::byte* content) {
  base::Bytes& message = to_column_[index_of_[head.to]];
  if (head.way() == Way::summand && add_to_sum(head, content, message)) return 0;
  return append(message, head, content);
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

Relaying::Arrived Relaying::arrived_as(const Head& head, const std::byte* content) {
  return {static_cast<int>(head.from), head.bytes(), content, head.way() == Way::summand};
}

void Relaying::take_from_row(const base::Bytes& message, std::vector<Arrived>& arrived) {
  base::ByteReader reader(message);
  while (!reader.at_end()) {
    const auto head = reader.get<Head>();
    if (head.way() == Way::several) {
      pass_on_to_several(head, reader);
      continue;
    }
    const std::byte* const content = has_content(head.way()) ? reader.take(head.bytes()) : nullptr;
    if (static_cast<int>(head.to) == rank_) {
      arrived.push_back(arrived_as(head, content));
    } else {
      pass_on(head, content);
    }
  }
}

void Relaying::pass_on(const Head& head, const std::byte* content) { bytes_passed_on_ += put(head, content); }

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
    const std::byte* const content = has_content(head.way()) ? reader.take(head.bytes()) : nullptr;
    arrived.push_back(arrived_as(head, content));
  }
}

}  // namespace adapm::port
