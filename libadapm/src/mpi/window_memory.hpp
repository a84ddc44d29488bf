// Window memory: a piece on every rank, of a size each rank chooses, that the ranks of a host load from directly and,
// where the network serves it, other hosts read one-sidedly.
//
// Ranks that share a host get theirs from MPI_Win_allocate_shared; a rank alone maps private memory. Over the same
// memory MPI_Win_create is tried on the whole communicator if one-sided reads are wanted.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <vector>

#include "base/huge_pages.hpp"
#include "mpi/communicator.hpp"

namespace adapm::mpi {

class WindowMemory {
 public:
  /// Allocates zeroed pages and touches them, so that what is promised is there. Collective over `all`.
  /// `host`: the ranks of `all` that are to load from each other.
  /// Errors  ConfigurationError on every rank of `all` if any of them cannot have its piece.
  WindowMemory(const Communicator& all, const Communicator& host, std::size_t own_bytes, bool one_sided);
  ~WindowMemory();
  WindowMemory(const WindowMemory&) = delete;
  WindowMemory& operator=(const WindowMemory&) = delete;

  [[nodiscard]] std::byte* own() const { return own_; }
  [[nodiscard]] std::size_t own_bytes() const { return own_bytes_; }
  /// By rank of `host`.
  [[nodiscard]] const std::vector<std::byte*>& of_host() const { return of_host_; }
  /// The window over all ranks, in an epoch that lasts as long as it does; MPI_WIN_NULL if there is none.
  [[nodiscard]] MPI_Win one_sided_window() const { return global_; }
  /// Frees nothing: the others may not come.
  void leak();

 private:
  void allocate_shared(const Communicator& host);
  void map_private();
  void create_global(const Communicator& all);

  std::byte* own_ = nullptr;
  std::size_t own_bytes_ = 0;
  std::byte* mapped_ = nullptr;  // private mapping
  std::size_t mapped_bytes_ = 0;
  std::vector<std::byte*> of_host_;
  MPI_Win shared_ = MPI_WIN_NULL;
  base::HugeView view_;  // of what shared_ maps
  MPI_Win global_ = MPI_WIN_NULL;
};

}  // namespace adapm::mpi
