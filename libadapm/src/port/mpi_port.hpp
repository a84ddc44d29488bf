// The port over MPI. Three paths, chosen at construction by trying: loads from shared memory between ranks of one
// host, one-sided reads where the network serves them without the target's help, messages everywhere.
// Exchanges: exchange.hpp.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapm/options.hpp"
#include "base/thread_placement.hpp"
#include "mpi/communicator.hpp"
#include "mpi/window_memory.hpp"
#include "port/exchange.hpp"
#include "port/outbox.hpp"
#include "port/port.hpp"

namespace adapm::port {

class MpiPort final : public Port {
 public:
  /// Collective over `communicator`.
  MpiPort(const Options& options, MPI_Comm communicator);
  /// Collective, unless leave_disorderly() was called.
  ~MpiPort() override;

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  [[nodiscard]] int num_hosts() const { return num_hosts_; }
  [[nodiscard]] MPI_Comm communicator() const { return rounds_.get(); }

  [[nodiscard]] double cores() const override { return cores_; }
  /// Which ranks of this host may run on the cores that this one may run on.
  [[nodiscard]] base::Sharing sharing() const { return sharing_; }
  Region allocate(std::size_t own_bytes) override;
  void send(int to, base::Bytes message) override;
  std::optional<ReceivedMessage> receive() override;
  std::size_t start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands,
                             std::span<std::uint64_t> votes) override;
  bool test_exchange(std::vector<base::Bytes>& incoming) override;
  bool peer_has_started_exchange() override;
  void start_reduce(std::span<double> values, Combine combine) override;
  bool test_reduce() override;
  void abandon_reduce() override;
  [[nodiscard]] bool one_sided() const override { return one_sided_; }
  void start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) override;
  void complete_reads() override;
  [[nodiscard]] std::string description() const override;

  /// Ranks that the exchange under way waits for, as far as is known.
  [[nodiscard]] std::vector<int> awaited() const { return exchange_->awaited(); }
  /// Grows whenever a part of an exchange comes.
  [[nodiscard]] std::uint64_t arrivals() const { return exchange_->arrivals(); }

  /// The store has failed: other ranks may never join in a collective call again, so nothing is freed and nothing
  /// waited for.
  void leave_disorderly() { disorderly_ = true; }

 private:
  void try_one_sided();
  [[nodiscard]] bool probe_one_sided();
  [[nodiscard]] double seconds_to_read(int target);

  const Options options_;
  mpi::Communicator rounds_;
  mpi::Communicator accesses_;
  mpi::Communicator reductions_;
  mpi::Communicator host_;
  const int rank_;
  const int size_;
  int num_hosts_ = 1;
  base::Sharing sharing_;
  double cores_ = 1;
  std::vector<int> host_rank_of_;  // by rank; -1 on other hosts
  bool one_sided_ = false;
  std::string why_not_one_sided_;
  bool disorderly_ = false;
  std::vector<std::unique_ptr<mpi::WindowMemory>> memory_;  // by number of the region
  std::vector<std::pair<int, std::size_t>> read_from_;      // rank, region with reads under way

  Outbox outbox_;
  std::unique_ptr<Exchange> exchange_;
  MPI_Request reduction_ = MPI_REQUEST_NULL;
  std::span<double> reducing_;                           // the caller's values
  std::unique_ptr<std::vector<double>> reduce_buffer_ =  // ours, because a reduction may be abandoned
      std::make_unique<std::vector<double>>();
};

}  // namespace adapm::port
