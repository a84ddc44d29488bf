#include "port/gathering.hpp"

#include <algorithm>
#include <utility>

#include "mpi/keep_for_ever.hpp"
#include "mpi/runtime.hpp"

namespace adapm::port {

namespace {

using mpi::check;

constexpr int tag = 0;

}  // namespace

Gathering::Gathering(MPI_Comm communicator, std::size_t count)
    : all_(mpi::Communicator::duplicate(communicator)),
      newest_(static_cast<std::size_t>(all_.rank() == 0 ? all_.size() : 0), std::vector<double>(count)),
      is_new_(newest_.size()) {}

/// What is under way is taken until every rank has sent what it had.
Gathering::~Gathering() {
  if (all_.get() == MPI_COMM_NULL) return;
  const bool takes = all_.rank() == 0;
  if (!takes) MPI_Wait(&request_, MPI_STATUS_IGNORE);
  MPI_Request all_sent = MPI_REQUEST_NULL;
  MPI_Ibarrier(all_.get(), &all_sent);
  for (int ended = 0; ended == 0;) {
    if (takes) take();
    MPI_Test(&all_sent, &ended, MPI_STATUS_IGNORE);
  }
  MPI_Wait(&request_, MPI_STATUS_IGNORE);
}

void Gathering::leave_disorderly() {
  all_.leak();
  mpi::keep_for_ever(std::move(given_));
}

void Gathering::give(std::vector<double> numbers) {
  int sent = 0;
  check(MPI_Test(&request_, &sent, MPI_STATUS_IGNORE), "MPI_Test");
  if (sent == 0) return;
  *given_ = std::move(numbers);
  check(MPI_Isend(given_->data(), static_cast<int>(given_->size()), MPI_DOUBLE, 0, tag, all_.get(), &request_), "MPI_Isend");
}

bool Gathering::take() {
  for (int arrived = 1; arrived != 0;) {
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, tag, all_.get(), &arrived, &status), "MPI_Iprobe");
    if (arrived == 0) break;
    const auto rank = static_cast<std::size_t>(status.MPI_SOURCE);
    std::vector<double>& numbers = newest_[rank];
    check(MPI_Recv(numbers.data(), static_cast<int>(numbers.size()), MPI_DOUBLE, status.MPI_SOURCE, tag, all_.get(),
                   MPI_STATUS_IGNORE),
          "MPI_Recv");
    is_new_[rank] = true;
  }
  if (std::find(is_new_.begin(), is_new_.end(), false) != is_new_.end()) return false;
  std::fill(is_new_.begin(), is_new_.end(), false);
  return true;
}

}  // namespace adapm::port
