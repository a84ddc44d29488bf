// Brings a few numbers of every rank to rank 0, again and again, while no rank waits for another. Progress thread only.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "mpi/communicator.hpp"

namespace adapm::port {

class Gathering {
 public:
  /// Collective over `communicator`. Each rank gives `count` numbers at a time.
  Gathering(MPI_Comm communicator, std::size_t count);
  /// Collective, unless leave_disorderly() was called.
  ~Gathering();
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

  /// Sends this rank's, unless those before have not left.
  void give(std::vector<double> numbers);

  /// Rank 0: takes what has come. Returns whether there is something new of every rank since it was true before.
  bool take();
  /// Rank 0: each rank's newest, by rank.
  [[nodiscard]] const std::vector<std::vector<double>>& newest() const { return newest_; }

  /// Other ranks may never come again: nothing is waited for, and what is under way is kept.
  void leave_disorderly();

 private:
  mpi::Communicator all_;
  std::unique_ptr<std::vector<double>> given_ = std::make_unique<std::vector<double>>();  // being sent
  MPI_Request request_ = MPI_REQUEST_NULL;
  std::vector<std::vector<double>> newest_;
  std::vector<bool> is_new_;  // by rank
};

}  // namespace adapm::port
