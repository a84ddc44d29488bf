// The port: how this rank talks to the others. Everything above it is free of MPI, so that the same protocol runs
// over MPI (mpi_port.hpp) and between simulated ranks in one process (tests/support).
//
// One thread at a time uses a port: the constructing thread first, then the progress thread. Nothing but `allocate`
// blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/multicasts.hpp"
#include "base/summands.hpp"

namespace adapm::port {

/// A piece of window memory on every rank, of a size each rank chooses.
struct Region {
  std::byte* own = nullptr;
  std::size_t own_bytes = 0;
  /// By rank: where this process can load from and store to that rank's piece; null where it cannot (another host).
  std::vector<std::byte*> of_rank;
};

struct ReceivedMessage {
  int from = 0;
  base::Bytes content;
};

enum class Combine { sum, min, max };

class Port {
 public:
  Port() = default;
  virtual ~Port() = default;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;

  /// The time that rounds are paced by.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

  /// Processor time that the calling thread has used.
  [[nodiscard]] virtual std::chrono::nanoseconds processor_time();
  /// Processor cores that this rank may count as its own.
  [[nodiscard]] virtual double cores() const { return 1e9; }

  /// Allocates zeroed, 64-byte aligned window memory. Collective; blocks. The memory lives as long as the port.
  /// Errors  ConfigurationError on every rank if any rank's share cannot be had.
  virtual Region allocate(std::size_t own_bytes) = 0;

  /// Sends a message of its own to another rank; messages to one rank arrive in order.
  virtual void send(int to, base::Bytes message) = 0;
  /// The next message that has arrived, if any.
  virtual std::optional<ReceivedMessage> receive() = 0;

  /// Starts an exchange: outgoing[r] goes to rank r, and each multicast, as if behind that, to its ranks. Summands go
  /// to theirs, added up or not; they arrive behind the message of any rank. Takes the contents. `votes`, as many on
  /// all ranks, are combined over all of them: of each the largest. One at a time. Returns the bytes that this rank
  /// sends to others, those that it passed on in the exchange before among them.
  virtual std::size_t start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                                     base::Summands& summands, std::span<std::uint64_t> votes) = 0;
  /// True once what all ranks sent here in this exchange is in incoming[r] (empty: nothing), and what they all voted in
  /// `votes`. Call until true.
  virtual bool test_exchange(std::vector<base::Bytes>& incoming) = 0;
  /// True if another rank has started the exchange that this rank has not started yet. A hint.
  virtual bool peer_has_started_exchange() = 0;

  /// Combines values over all ranks, in place; every rank must start its reductions in the same order. One at a time.
  virtual void start_reduce(std::span<double> values, Combine combine) = 0;
  virtual bool test_reduce() = 0;
  /// The reduction under way will never complete; none can be started any more.
  virtual void abandon_reduce() = 0;

  /// True if `read` works: other hosts' window memory can be read without their help.
  [[nodiscard]] virtual bool one_sided() const = 0;
  /// Starts reading from the n-th allocated region of `rank`; `to` is valid after complete_reads().
  virtual void start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) = 0;
  virtual void complete_reads() = 0;

  /// For the report: "shared memory", "one-sided (osc/...)", "messages".
  [[nodiscard]] virtual std::string description() const = 0;
};

}  // namespace adapm::port
