#include "scale/counting_port.hpp"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "port/sparse_exchange.hpp"

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

/// As the MPI port would send it: dense, or sparse, where each message is acknowledged.
std::size_t CountingPort::start_exchange(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) {
  double with_content = 0;
  for (std::size_t to = 0; to < outgoing.size(); ++to) {
    if (static_cast<int>(to) == rank() || outgoing[to].empty()) continue;
    ++with_content;
    traffic_.content_bytes += static_cast<double>(outgoing[to].size());
  }
  traffic_.with_content += with_content;
  if (is_sparse_) {
    const int steps = port::reduction_steps(size());
    const auto told = static_cast<double>(port::tree_neighbours(rank(), size()).size());
    traffic_.exchange_messages += 2 * with_content + told + steps;
    traffic_.vote_bytes += static_cast<double>(steps) * static_cast<double>(std::max<std::size_t>(votes.size(), 1) * 8);
  } else {
    traffic_.exchange_messages += size() - 1;
    traffic_.vote_bytes += static_cast<double>(size() - 1) * static_cast<double>(votes.size_bytes());
  }
  return timed([&] { return inner_.start_exchange(outgoing, votes); });
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
