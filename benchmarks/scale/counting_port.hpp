// A port that counts what passes through it, and how long it keeps its caller: what is left of a rank's time is the
// library's own work, whatever the simulated network costs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "adapm/options.hpp"
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

class CountingPort final : public port::Port {
 public:
  using Clock = std::chrono::steady_clock;

  CountingPort(port::Port& inner, const Options& options)
      : inner_(inner), is_sparse_(static_cast<std::uint64_t>(inner.size()) >= options.sparse_exchange) {}

  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
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
  std::size_t start_exchange(std::vector<base::Bytes>& outgoing, std::span<std::uint64_t> votes) override;
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
  const bool is_sparse_;
  Traffic traffic_;
  Clock::duration time_within_{};
  std::size_t heap_bytes_ = 0;
};

/// Bytes that this process has from the heap.
[[nodiscard]] std::size_t heap_bytes_in_use();

}  // namespace adapm::bench
