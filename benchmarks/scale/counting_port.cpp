#include "scale/counting_port.hpp"

#include <malloc.h>

#include <algorithm>
#include <map>
#include <utility>

#include "port/relaying.hpp"

namespace adapm::bench {

std::size_t heap_bytes_in_use() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

Traffic& Traffic::operator+=(const Traffic& other) {
  exchange_messages += other.exchange_messages;
  with_content += other.with_content;
  vote_bytes += other.vote_bytes;
  content_bytes += other.content_bytes;
  access_messages += other.access_messages;
  access_bytes += other.access_bytes;
  return *this;
}

Traffic operator*(Traffic traffic, double factor) {
  for (double* count : {&traffic.exchange_messages, &traffic.with_content, &traffic.vote_bytes, &traffic.content_bytes,
                        &traffic.access_messages, &traffic.access_bytes})
    *count *= factor;
  return traffic;
}

GridTraffic::GridTraffic(int size, const Options& options)
    : is_dense_(static_cast<std::uint64_t>(size) < options.grid_exchange),
      grid_(size),
      of_rank_(static_cast<std::size_t>(size)) {}

std::size_t GridTraffic::peers(int rank) const {
  return is_dense_ ? of_rank_.size() - 1 : grid_.row_peers(rank).size() + grid_.column_peers(rank).size();
}

void GridTraffic::note_exchange(std::uint64_t exchange) {
  if (exchange != exchange_) not_empty_.clear();
  if (exchange != exchange_) sums_.clear();
  exchange_ = exchange;
}

void GridTraffic::note(std::uint64_t exchange, int from, std::span<const int> to, std::size_t bytes) {
  note_exchange(exchange);
  const auto content = static_cast<double>(bytes);
  std::map<int, std::size_t> receivers_of;  // by relay
  for (const int receiver : to) {
    const int relay = grid_.relay(from, receiver);
    const auto with_head = static_cast<double>(port::Relaying::head_bytes) + content;
    if (is_dense_) {
      note_step(from, receiver, content);
    } else if (relay == receiver) {
      note_step(from, receiver, with_head);
    } else {
      note_step(relay, receiver, with_head);
      if (relay != from) ++receivers_of[relay];
    }
  }
  for (const auto& [relay, receivers] : receivers_of)
    note_step(from, relay,
              static_cast<double>(port::Relaying::head_bytes + port::Relaying::list_bytes(receivers)) + content);
}

void GridTraffic::note(std::uint64_t exchange, int from, int to, std::size_t bytes) {
  note_exchange(exchange);
  const auto content = static_cast<double>(bytes);
  if (is_dense_) return note_step(from, to, content);
  const bool is_direct = bytes > port::Relaying::longest_passed_on;
  const int relay = grid_.relay(from, to);
  const double on_the_way = static_cast<double>(port::Relaying::head_bytes) + (is_direct ? 0 : content);
  if (relay != from) note_step(from, relay, on_the_way);
  if (relay != to) note_step(relay, to, on_the_way);
  if (!is_direct) return;
  Traffic& traffic = of_rank_[static_cast<std::size_t>(from)];
  ++traffic.exchange_messages;
  ++traffic.with_content;
  traffic.content_bytes += content;
}

void GridTraffic::note_summand(std::uint64_t exchange, int from, int to, std::span<const std::byte> content) {
  note_exchange(exchange);
  const auto bytes = static_cast<double>(port::Relaying::head_bytes + content.size());
  const int relay = is_dense_ ? to : grid_.relay(from, to);
  if (relay == to) return note_step(from, to, bytes);
  if (relay != from) note_step(from, relay, bytes);
  if (sums_.insert({relay, to, base::Summands::name_of(content)}).second) note_step(relay, to, bytes);
}

void GridTraffic::note_step(int from, int to, double bytes) {
  Traffic& traffic = of_rank_[static_cast<std::size_t>(from)];
  traffic.content_bytes += bytes;
  if (not_empty_.insert({from, to}).second) ++traffic.with_content;
}

template <class Call>
auto CountingPort::timed(Call call) {
  struct Stop {
    CountingPort& port;
    Clock::time_point started = Clock::now();
    ~Stop() { port.time_within_ += Clock::now() - started; }
  } const stop{*this};
  return call();
}

port::Region CountingPort::allocate(std::size_t own_bytes) {
  const std::size_t before = heap_bytes_in_use();
  port::Region region = timed([&] { return inner_.allocate(own_bytes); });
  heap_bytes_ += heap_bytes_in_use() - before;
  return region;
}

void CountingPort::send(int to, base::Bytes message) {
  ++traffic_.access_messages;
  traffic_.access_bytes += static_cast<double>(message.size());
  timed([&] { inner_.send(to, std::move(message)); });
}

std::optional<port::ReceivedMessage> CountingPort::receive() {
  return timed([&] { return inner_.receive(); });
}

/// As the MPI port would send it.
std::size_t CountingPort::start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                                         base::Summands& summands, std::span<std::uint64_t> votes) {
  ++exchange_;
  timed([&] {
    for (std::size_t to = 0; to < outgoing.size(); ++to)
      if (static_cast<int>(to) != rank() && !outgoing[to].empty())
        grid_.note(exchange_, rank(), static_cast<int>(to), outgoing[to].size());
    multicasts.for_each([&](auto to, auto content) { grid_.note(exchange_, rank(), to, content.size()); });
    summands.for_each([&](int to, auto content) { grid_.note_summand(exchange_, rank(), to, content); });
  });
  const auto peers = timed([&] { return static_cast<double>(grid_.peers(rank())); });
  traffic_.exchange_messages += peers;
  traffic_.vote_bytes += peers * static_cast<double>(votes.size_bytes());
  return timed([&] { return inner_.start_exchange(outgoing, multicasts, summands, votes); });
}

Traffic CountingPort::traffic() const {
  Traffic all = traffic_;
  return all += grid_.of(rank());
}

bool CountingPort::test_exchange(std::vector<base::Bytes>& incoming) {
  return timed([&] { return inner_.test_exchange(incoming); });
}

bool CountingPort::peer_has_started_exchange() {
  return timed([&] { return inner_.peer_has_started_exchange(); });
}

void CountingPort::start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) {
  timed([&] { inner_.start_read(rank, region, offset, to); });
}

}  // namespace adapm::bench
