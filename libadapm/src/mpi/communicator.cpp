#include "mpi/communicator.hpp"

#include <cstdlib>
#include <utility>

#include "mpi/runtime.hpp"

namespace adapm::mpi {

Communicator::Communicator(MPI_Comm communicator) : communicator_(communicator) {
  check(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Communicator Communicator::duplicate(MPI_Comm of) {
  MPI_Comm copy = MPI_COMM_NULL;
  check(MPI_Comm_dup(of, &copy), "MPI_Comm_dup");
  return Communicator(copy);
}

Communicator Communicator::of_this_host(MPI_Comm of) {
  MPI_Comm host = MPI_COMM_NULL;
  check(MPI_Comm_split_type(of, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host), "MPI_Comm_split_type");
  return Communicator(host);
}

Communicator Communicator::alone(MPI_Comm of) {
  MPI_Comm self = MPI_COMM_NULL;
  int rank = 0;
  check(MPI_Comm_rank(of, &rank), "MPI_Comm_rank");
  check(MPI_Comm_split(of, rank, 0, &self), "MPI_Comm_split");
  return Communicator(self);
}

Communicator::Communicator(Communicator&& other) noexcept
    : communicator_(std::exchange(other.communicator_, MPI_COMM_NULL)) {}

Communicator::~Communicator() {
  if (communicator_ != MPI_COMM_NULL) MPI_Comm_free(&communicator_);
}

int Communicator::rank() const {
  int rank = 0;
  check(MPI_Comm_rank(communicator_, &rank), "MPI_Comm_rank");
  return rank;
}

int Communicator::size() const {
  int size = 0;
  check(MPI_Comm_size(communicator_, &size), "MPI_Comm_size");
  return size;
}

bool Communicator::has_whole_hosts() const {
  int of_job = 0;
  check(MPI_Comm_size(MPI_COMM_WORLD, &of_job), "MPI_Comm_size");
  if (size() == of_job) return true;
  const int of_these = of_this_host(communicator_).size();
  const char* const on_host = std::getenv("OMPI_COMM_WORLD_LOCAL_SIZE");  // ranks of the job on this host
  int whole = on_host != nullptr && std::atoi(on_host) == of_these ? 1 : 0;
  check(MPI_Allreduce(MPI_IN_PLACE, &whole, 1, MPI_INT, MPI_MIN, communicator_), "MPI_Allreduce");
  return whole != 0;
}

}  // namespace adapm::mpi
