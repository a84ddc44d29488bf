#include "support/simulated_cluster.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "port/grid.hpp"

namespace adapm::test {

// --- network --------------------------------------------------------------------------------------------------------

Network::Network(int num_ranks, Behaviour behaviour)
    : num_ranks_(num_ranks), behaviour_(behaviour), arrived_(static_cast<std::size_t>(num_ranks)) {}

Network::~Network() {
  for (auto& [name, memory] : regions_) std::free(memory);
}

bool Network::deliver_one(const std::function<std::size_t(std::size_t)>& choose) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<int, int>> pairs;
  for (const auto& [pair, messages] : under_way_)
    if (!messages.empty()) pairs.push_back(pair);
  if (pairs.empty()) return false;
  const auto [from, to] = pairs[choose(pairs.size())];
  auto& messages = under_way_[{from, to}];
  arrived_[static_cast<std::size_t>(to)].push_back({from, std::move(messages.front())});
  messages.pop_front();
  return true;
}

bool Network::has_messages_under_way() const {
  const std::lock_guard lock(mutex_);
  const bool waiting =
      std::any_of(under_way_.begin(), under_way_.end(), [](const auto& pair) { return !pair.second.empty(); });
  return waiting || std::any_of(arrived_.begin(), arrived_.end(), [](const auto& inbox) { return !inbox.empty(); });
}

/// Of each row of a grid of the ranks, as messages that go by way of one would arrive.
base::Bytes Network::add_up(const std::vector<ExchangeSlot>& exchange, int to) {
  const port::Grid grid(num_ranks_);
  base::Bytes sums;
  std::map<std::pair<int, std::uint64_t>, std::size_t> begins;  // by relay and name
  for (int from = 0; from < num_ranks_; ++from) {
    const ExchangeSlot& slot = exchange[static_cast<std::size_t>(from)];
    base::ByteReader reader(slot.to_add_up[static_cast<std::size_t>(to)]);
    while (!reader.at_end()) {
      const auto bytes = reader.get<std::size_t>();
      const std::byte* const content = reader.take(bytes);
      const int relay = grid.relay(from, to);
      const auto [begin, is_first] =
          begins.insert({{relay == to ? from : relay, base::Summands::name_of({content, bytes})}, sums.size()});
      constexpr std::size_t name = base::Summands::name_bytes;
      if (is_first) {
        sums.put_all(std::span(content, bytes));
      } else {
        ++added_up_;
        slot.add_up(sums.data() + begin->second + name, content + name, bytes - name);
      }
    }
  }
  return sums;
}

// --- port -----------------------------------------------------------------------------------------------------------

std::chrono::steady_clock::time_point SimulatedPort::now() {
  if (!network_.behaviour_.clock_is_simulated) return std::chrono::steady_clock::now();
  return simulated_now_ += std::chrono::milliseconds(1);
}

port::Region SimulatedPort::allocate(std::size_t own_bytes) {
  const std::lock_guard lock(network_.mutex_);
  if (own_bytes > Network::region_bytes) throw std::runtime_error("the simulated cluster has smaller regions");
  // The ranks allocate one after the other, but each must know the others' addresses: the first gets all of them.
  const std::size_t number = regions_++;
  if (number > 1) own_bytes = std::min(own_bytes, room_to_grow_);  // the first two have location words and home keys
  if (number > 1) room_to_grow_ -= own_bytes;
  port::Region region{nullptr, own_bytes, {}};
  for (int rank = 0; rank < size(); ++rank) {
    std::byte*& memory = network_.regions_[{number, rank}];
    if (memory == nullptr) {
      // Fresh zero pages.
      memory = static_cast<std::byte*>(std::aligned_alloc(64, Network::region_bytes));
      std::fill_n(memory, rank == rank_ ? own_bytes : 0, std::byte{});
    } else if (rank == rank_) {
      std::fill_n(memory, own_bytes, std::byte{});
    }
    if (rank == rank_) region.own = memory;
    region.of_rank.push_back(network_.same_host(rank, rank_) ? memory : nullptr);
  }
  return region;
}

void SimulatedPort::send(int to, base::Bytes message) {
  const std::lock_guard lock(network_.mutex_);
  if (network_.behaviour_.messages_wait) {
    network_.under_way_[{rank_, to}].push_back(std::move(message));
  } else {
    network_.arrived_[static_cast<std::size_t>(to)].push_back({rank_, std::move(message)});
  }
}

std::optional<port::ReceivedMessage> SimulatedPort::receive() {
  const std::lock_guard lock(network_.mutex_);
  auto& inbox = network_.arrived_[static_cast<std::size_t>(rank_)];
  if (inbox.empty()) return std::nullopt;
  port::ReceivedMessage message = std::move(inbox.front());
  inbox.pop_front();
  return message;
}

std::size_t SimulatedPort::start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                                          base::Summands& summands, std::span<std::uint64_t> votes) {
  multicasts.hand_out(outgoing);
  const std::lock_guard lock(network_.mutex_);
  auto& exchange = network_.exchanges_[exchange_];
  exchange.resize(static_cast<std::size_t>(size()));
  auto& slot = exchange[static_cast<std::size_t>(rank_)];
  slot.posted = true;
  slot.votes.assign(votes.begin(), votes.end());
  votes_ = votes;
  slot.message.resize(outgoing.size());
  slot.to_add_up.resize(outgoing.size());
  slot.add_up = summands.add_up();
  std::size_t bytes = 0;
  summands.for_each([&](int to, std::span<const std::byte> content) {
    slot.to_add_up[static_cast<std::size_t>(to)].put(content.size());
    slot.to_add_up[static_cast<std::size_t>(to)].put_all(content);
    bytes += content.size();
  });
  summands.clear();
  for (std::size_t to = 0; to < outgoing.size(); ++to) {
    if (static_cast<int>(to) != rank_) bytes += outgoing[to].size();
    slot.message[to] = std::move(outgoing[to]);
    outgoing[to] = base::Bytes();
  }
  ++exchange_;
  return bytes;
}

bool SimulatedPort::test_exchange(std::vector<base::Bytes>& incoming) {
  const std::lock_guard lock(network_.mutex_);
  const std::uint64_t number = exchange_ - 1;
  auto& exchange = network_.exchanges_[number];
  if (!std::all_of(exchange.begin(), exchange.end(), [](const auto& slot) { return slot.posted; })) return false;
  for (std::size_t from = 0; from < exchange.size(); ++from)
    incoming[from] = std::move(exchange[from].message[static_cast<std::size_t>(rank_)]);
  const base::Bytes sums = network_.add_up(exchange, rank_);
  incoming[static_cast<std::size_t>(rank_)].put_all(std::span<const std::byte>(sums.data(), sums.size()));
  for (const auto& slot : exchange)
    for (std::size_t i = 0; i < votes_.size(); ++i) votes_[i] = std::max(votes_[i], slot.votes[i]);
  if (++network_.fetched_[number] == size()) {
    network_.exchanges_.erase(number);
    network_.fetched_.erase(number);
  }
  return true;
}

bool SimulatedPort::peer_has_started_exchange() {
  const std::lock_guard lock(network_.mutex_);
  const auto exchange = network_.exchanges_.find(exchange_);
  return exchange != network_.exchanges_.end() &&
         std::any_of(exchange->second.begin(), exchange->second.end(), [](const auto& slot) { return slot.posted; });
}

void SimulatedPort::start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) {
  const std::lock_guard lock(network_.mutex_);
  const std::byte* from = network_.regions_.at({region, rank}) + offset;
  std::copy_n(from, to.size(), to.begin());
}

void SimulatedPort::start_reduce(std::span<double> values, port::Combine combine) {
  const std::lock_guard lock(network_.mutex_);
  auto& reduction = network_.reductions_[reduction_];
  reducing_ = values;
  if (reduction.arrived++ == 0) {
    reduction.values.assign(values.begin(), values.end());
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& into = reduction.values[i];
    into = combine == port::Combine::sum   ? into + values[i]
           : combine == port::Combine::min ? std::min(into, values[i])
                                           : std::max(into, values[i]);
  }
}

bool SimulatedPort::test_reduce() {
  const std::lock_guard lock(network_.mutex_);
  auto& reduction = network_.reductions_[reduction_];
  if (reduction.arrived < size()) return false;
  std::copy(reduction.values.begin(), reduction.values.end(), reducing_.begin());
  if (++reduction.left == size()) network_.reductions_.erase(reduction_);
  ++reduction_;
  return true;
}

// --- invariants -----------------------------------------------------------------------------------------------------

namespace {

void require(bool holds, Key key, const std::string& what) {
  if (!holds) throw std::runtime_error("key " + std::to_string(key) + ": " + what);
}

}  // namespace

template <class V>
void check_invariants(SimulatedCluster<V>& cluster) {
  const Key num_keys = cluster.manager(0).layout().num_keys();
  for (Key key = 0; key < num_keys; ++key) {
    int owner = -1;
    std::set<int> replicas;
    std::set<int> sharers;
    for (int rank = 0; rank < cluster.num_ranks(); ++rank) {
      const auto location = cluster.manager(rank).table().get(key);
      if (location.presence() == store::Presence::owner) {
        require(owner < 0, key, "two owners");
        owner = rank;
      }
      if (location.presence() == store::Presence::replica) replicas.insert(rank);
      if (location.presence() == store::Presence::shared) sharers.insert(rank);
      if (location.here()) {
        require(location.presence() != store::Presence::releasing, key, "a replica is still being released");
        require(!location.is_locked(), key, "a copy is still locked");
      }
    }
    require(owner >= 0, key, "no owner");
    const int home = directory::home_of(key, cluster.num_ranks());
    require(cluster.manager(home).values().owner(key) == owner, key, "the home does not know the owner");
    const auto main_copy = cluster.manager(owner).table().get(key);
    const store::Holders* const registered = cluster.manager(owner).values().holders(key);
    require(main_copy.is_watched() == (registered != nullptr && !registered->replicas.empty()), key,
            "a main copy is watched without replicas, or not with them");
    for (const int rank : replicas)
      require(cluster.manager(rank).values().owner(key) == owner, key, "a holder does not know its owner");
    for (const int rank : sharers) {
      const auto location = cluster.manager(rank).table().get(key);
      require(location.rank() == owner && location.place() == main_copy.place(), key,
              "a sharer does not know where the main copy is");
    }
    for (int rank = 0; rank < cluster.num_ranks(); ++rank) {
      std::set<int> with_replica;
      std::set<int> sharing;
      if (cluster.manager(rank).table().get(key).here()) {
        const store::Holders* holders = cluster.manager(rank).values().holders(key);
        if (holders != nullptr) with_replica.insert(holders->replicas.begin(), holders->replicas.end());
        if (holders != nullptr) sharing.insert(holders->sharers.begin(), holders->sharers.end());
      }
      require(with_replica == (rank == owner ? replicas : std::set<int>{}), key, "holders and replicas differ");
      const bool registers = rank == owner && !cluster.manager(rank).keys_stay();
      require(sharing == (registers ? sharers : std::set<int>{}), key, "registered and actual sharers differ");
    }
  }
}

template void check_invariants(SimulatedCluster<std::int64_t>&);
template void check_invariants(SimulatedCluster<float>&);

}  // namespace adapm::test
