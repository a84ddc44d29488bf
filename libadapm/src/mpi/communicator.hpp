// Communicators of our own: duplicated or split, with errors returned instead of fatal, freed with the object unless
// the job is in disorder.
#pragma once

#include <mpi.h>

namespace adapm::mpi {

class Communicator {
 public:
  /// Collective.
  static Communicator duplicate(MPI_Comm of);
  /// The ranks of `of` that share memory with this one. Collective.
  static Communicator of_this_host(MPI_Comm of);
  /// This rank alone, in the shape of of_this_host. Collective.
  static Communicator alone(MPI_Comm of);

  Communicator(Communicator&& other) noexcept;
  Communicator& operator=(Communicator&&) = delete;
  ~Communicator();

  [[nodiscard]] MPI_Comm get() const { return communicator_; }
  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;
  /// No rank of the job that shares a host with one of these is missing, as far as can be told. Collective.
  [[nodiscard]] bool has_whole_hosts() const;
  /// Does not free it: freeing is collective, and the others may not come.
  void leak() { communicator_ = MPI_COMM_NULL; }

 private:
  explicit Communicator(MPI_Comm communicator);
  MPI_Comm communicator_;
};

}  // namespace adapm::mpi
