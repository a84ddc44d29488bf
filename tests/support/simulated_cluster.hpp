// N ranks in one process: the library's managers over an in-process port. Whoever drives it decides in which order
// workers act, ranks poll and messages arrive; a seeded scheduler makes every run repeatable, threads make it a target
// for the thread sanitizer. The network is the only thing that is not the library's own code.
#pragma once

#include <chrono>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "api/manager.hpp"
#include "api/worker_core.hpp"
#include "port/port.hpp"

namespace adapm::test {

/// What all simulated ranks share. Thread-safe.
class Network {
 public:
  struct Behaviour {
    int ranks_per_host = 1;                      // those of a host access each other's memory
    bool one_sided = false;                      // ranks read each other's memory through the port
    bool messages_wait = false;                  // access messages arrive only when deliver_one() is called
    bool clock_is_simulated = true;              // else the real one
    std::size_t room_to_grow = ~std::size_t{0};  // bytes a rank gets beside its first segment; less than it asks for
  };

  Network(int num_ranks, Behaviour behaviour);
  ~Network();

  /// Lets the access message arrive that is next between one of the pairs that have any; which, `choose(n)` says.
  bool deliver_one(const std::function<std::size_t(std::size_t)>& choose);
  [[nodiscard]] bool has_messages_under_way() const;
  /// How many summands have been added to others on their way.
  [[nodiscard]] std::uint64_t added_up() const {
    const std::lock_guard lock(mutex_);
    return added_up_;
  }

 private:
  friend class SimulatedPort;
  struct ExchangeSlot {
    std::vector<base::Bytes> message;    // by destination
    std::vector<base::Bytes> to_add_up;  // likewise: summands, each behind its size
    base::Summands::AddUp add_up = nullptr;
    std::vector<std::uint64_t> votes;
    bool posted = false;
  };
  struct Reduction {
    std::vector<double> values;
    int arrived = 0;
    int left = 0;
  };
  static constexpr std::size_t region_bytes = std::size_t{8} << 20U;

  [[nodiscard]] base::Bytes add_up(const std::vector<ExchangeSlot>& exchange, int to);
  [[nodiscard]] bool same_host(int a, int b) const {
    return a / behaviour_.ranks_per_host == b / behaviour_.ranks_per_host;
  }

  mutable std::mutex mutex_;
  const int num_ranks_;
  const Behaviour behaviour_;
  std::map<std::pair<std::size_t, int>, std::byte*> regions_;         // number, rank
  std::map<std::pair<int, int>, std::deque<base::Bytes>> under_way_;  // from, to
  std::vector<std::deque<port::ReceivedMessage>> arrived_;            // by destination
  std::map<std::uint64_t, std::vector<ExchangeSlot>> exchanges_;      // by number, then by source
  std::map<std::uint64_t, int> fetched_;                              // ranks that are through with it
  std::map<std::uint64_t, Reduction> reductions_;
  std::uint64_t added_up_ = 0;
};

class SimulatedPort final : public port::Port {
 public:
  SimulatedPort(Network& network, int rank) : network_(network), rank_(rank) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return network_.num_ranks_; }
  [[nodiscard]] std::chrono::steady_clock::time_point now() override;
  [[nodiscard]] std::chrono::nanoseconds processor_time() override { return {}; }
  port::Region allocate(std::size_t own_bytes) override;
  void send(int to, base::Bytes message) override;
  std::optional<port::ReceivedMessage> receive() override;
  std::size_t start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands,
                             std::span<std::uint64_t> votes) override;
  bool test_exchange(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started_exchange() override;
  void start_reduce(std::span<double> values, port::Combine combine) override;
  bool test_reduce() override;
  void abandon_reduce() override {}
  [[nodiscard]] bool one_sided() const override { return network_.behaviour_.one_sided; }
  void start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) override;
  void complete_reads() override {}
  [[nodiscard]] std::string description() const override { return "simulated"; }

 private:
  Network& network_;
  const int rank_;
  std::size_t regions_ = 0;
  std::size_t room_to_grow_ = network_.behaviour_.room_to_grow;
  std::uint64_t exchange_ = 0;   // number of the next one to start
  std::uint64_t reduction_ = 0;  // likewise
  std::span<double> reducing_;
  std::span<std::uint64_t> votes_;  // the caller's
  std::chrono::steady_clock::time_point simulated_now_{};
};

template <class V>
class SimulatedCluster {
 public:
  using Manager = api::Manager<V>;

  SimulatedCluster(
      int num_ranks, const ValueLayout& layout, const Options& options, Network::Behaviour behaviour,
      std::function<void(int)> wake_up = [](int) {})
      : network_(num_ranks, behaviour) {
    for (int rank = 0; rank < num_ranks; ++rank) {
      ports_.push_back(std::make_unique<SimulatedPort>(network_, rank));
      managers_.push_back(
          std::make_unique<Manager>(layout, options, *ports_.back(), [rank, wake_up] { wake_up(rank); }));
    }
  }

  [[nodiscard]] int num_ranks() const { return static_cast<int>(managers_.size()); }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] Manager& manager(int rank) { return *managers_[static_cast<std::size_t>(rank)]; }

 private:
  Network network_;
  std::vector<std::unique_ptr<SimulatedPort>> ports_;
  std::vector<std::unique_ptr<Manager>> managers_;
};

/// Every rank is between the same two rounds.
template <class V>
bool at_round_boundary(SimulatedCluster<V>& cluster) {
  for (int rank = 0; rank < cluster.num_ranks(); ++rank) {
    auto& driver = cluster.manager(rank).driver();
    if (!driver.between_rounds() || driver.rounds() != cluster.manager(0).driver().rounds()) return false;
  }
  return true;
}

/// The invariant between rounds. Throws std::runtime_error saying what does not hold.
template <class V>
void check_invariants(SimulatedCluster<V>& cluster);

extern template void check_invariants(SimulatedCluster<std::int64_t>&);
extern template void check_invariants(SimulatedCluster<float>&);

}  // namespace adapm::test
