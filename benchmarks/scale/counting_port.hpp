// A port that counts what passes through it, and how long it keeps its caller: what is left of a rank's time is the
// library's own work, whatever the simulated network costs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "adapm/options.hpp"
#include "port/grid.hpp"
#include "port/port.hpp"

namespace adapm::bench {

/// Of one rank.
struct Traffic {
  double exchange_messages = 0;  // to other ranks, also those that carry nothing but votes
  double with_content = 0;       // of them, those that carry more
  double vote_bytes = 0;
  double content_bytes = 0;  // of exchanges
  double access_messages = 0;
  double access_bytes = 0;

  [[nodiscard]] double messages() const { return exchange_messages + access_messages; }
  [[nodiscard]] double not_empty() const { return with_content + access_messages; }
  [[nodiscard]] double bytes() const { return vote_bytes + content_bytes + access_bytes; }
  Traffic& operator+=(const Traffic& other);
  friend Traffic operator*(Traffic traffic, double factor);
  friend Traffic operator/(const Traffic& traffic, double divisor) { return traffic * (1 / divisor); }
  friend Traffic operator-(Traffic later, const Traffic& earlier) { return later += earlier * -1; }
};

/// What the messages of exchanges become where they go by way of a grid of ranks, as in port/grid_exchange.hpp.
class GridTraffic {
 public:
  GridTraffic(int size, const Options& options);
  /// So few ranks that each sends to each.
  [[nodiscard]] bool is_dense() const { return is_dense_; }
  /// Ranks that one has messages with.
  [[nodiscard]] std::size_t peers(int rank) const;
  /// In its n-th exchange `from` sends so many bytes to `to`.
  void note(std::uint64_t exchange, int from, int to, std::size_t bytes);
  /// Likewise to several.
  void note(std::uint64_t exchange, int from, std::span<const int> to, std::size_t bytes);
  /// Likewise a summand, which is added up where ways meet.
  void note_summand(std::uint64_t exchange, int from, int to, std::span<const std::byte> content);
  /// That a rank sends for itself and others; of all exchanges, but for votes.
  [[nodiscard]] const Traffic& of(int rank) const { return of_rank_[static_cast<std::size_t>(rank)]; }

 private:
  void note_exchange(std::uint64_t exchange);
  void note_step(int from, int to, double bytes);

  const bool is_dense_;
  const port::Grid grid_;
  std::vector<Traffic> of_rank_;
  std::uint64_t exchange_ = 0;                          // the latest
  std::set<std::pair<int, int>> not_empty_;             // messages of that one, but for the direct ones
  std::set<std::tuple<int, int, std::uint64_t>> sums_;  // likewise: relay, receiver, name
};

class CountingPort final : public port::Port {
 public:
  using Clock = std::chrono::steady_clock;

  /// `grid`: of all ranks, which take turns.
  CountingPort(port::Port& inner, GridTraffic& grid) : inner_(inner), grid_(grid) {}

  [[nodiscard]] Traffic traffic() const;
  [[nodiscard]] Clock::duration time_within() const { return time_within_; }
  /// Memory that allocate() took from the heap.
  [[nodiscard]] std::size_t heap_bytes() const { return heap_bytes_; }

  [[nodiscard]] int rank() const override { return inner_.rank(); }
  [[nodiscard]] int size() const override { return inner_.size(); }
  [[nodiscard]] Clock::time_point now() override { return inner_.now(); }
  [[nodiscard]] std::chrono::nanoseconds processor_time() override { return inner_.processor_time(); }
  [[nodiscard]] double cores() const override { return inner_.cores(); }
  port::Region allocate(std::size_t own_bytes) override;
  void send(int to, base::Bytes message) override;
  std::optional<port::ReceivedMessage> receive() override;
  std::size_t start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands,
                             std::span<std::uint64_t> votes) override;
  bool test_exchange(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started_exchange() override;
  void start_reduce(std::span<double> values, port::Combine combine) override { inner_.start_reduce(values, combine); }
  bool test_reduce() override { return inner_.test_reduce(); }
  void abandon_reduce() override { inner_.abandon_reduce(); }
  [[nodiscard]] bool one_sided() const override { return inner_.one_sided(); }
  void start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) override;
  void complete_reads() override { inner_.complete_reads(); }
  [[nodiscard]] std::string description() const override { return inner_.description(); }

 private:
  template <class Call>
  auto timed(Call call);

  port::Port& inner_;
  GridTraffic& grid_;
  Traffic traffic_;
  std::uint64_t exchange_ = 0;
  Clock::duration time_within_{};
  std::size_t heap_bytes_ = 0;
};

/// Bytes that this process has from the heap.
[[nodiscard]] std::size_t heap_bytes_in_use();

}  // namespace adapm::bench
