#include "common/ranks.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <string>

#include "common/program.hpp"

namespace adapm::apps {

namespace {

bool ends_in_order = true;

void finalize_at_exit() {
  if (ends_in_order) {
    MPI_Finalize();
  } else {
    std::fflush(nullptr);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
}

std::vector<int> places(const std::vector<int>& counts) {
  std::vector<int> first(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), first.begin(), 0);
  return first;
}

/// Items of a fixed size, as MPI sees them.
class ItemType {
 public:
  explicit ItemType(std::size_t bytes) {
    MPI_Type_contiguous(static_cast<int>(bytes), MPI_BYTE, &type_);
    MPI_Type_commit(&type_);
  }
  ~ItemType() { MPI_Type_free(&type_); }
  ItemType(const ItemType&) = delete;
  ItemType& operator=(const ItemType&) = delete;

  [[nodiscard]] MPI_Datatype get() const { return type_; }

 private:
  MPI_Datatype type_{};
};

/// The text of rank `root`, on all ranks.
std::string broadcast(std::string text, int root) {
  auto length = static_cast<std::uint64_t>(text.size());
  MPI_Bcast(&length, 1, MPI_UINT64_T, root, MPI_COMM_WORLD);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, root, MPI_COMM_WORLD);
  return text;
}

}  // namespace

Ranks::Ranks() {
  int initialized = 0;
  MPI_Initialized(&initialized);
  if (initialized == 0) {
    int granted = MPI_THREAD_SINGLE;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &granted);
    std::atexit(finalize_at_exit);
  }
  int number = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &number);
  rank_ = static_cast<std::size_t>(number);
  MPI_Comm_size(MPI_COMM_WORLD, &number);
  count_ = static_cast<std::size_t>(number);
}

Ranks::~Ranks() { ends_in_order = agreed_error_ || std::uncaught_exceptions() == 0; }

void Ranks::agree(const std::function<void()>& work) {
  std::string message;
  auto failed_rank = static_cast<int>(count_);
  try {
    work();
  } catch (const std::exception& error) {
    message = error.what();
    failed_rank = static_cast<int>(rank_);
  }
  int first = failed_rank;
  MPI_Allreduce(&failed_rank, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (first == static_cast<int>(count_)) return;
  agreed_error_ = true;
  throw InputError(broadcast(message, first));
}

void Ranks::sum(std::span<std::uint32_t> values) const {
  constexpr std::size_t most = std::size_t{1} << 24;
  for (std::size_t done = 0; done < values.size(); done += most) {
    const auto part = values.subspan(done, std::min(most, values.size() - done));
    MPI_Allreduce(MPI_IN_PLACE, part.data(), static_cast<int>(part.size()), MPI_UINT32_T, MPI_SUM,
                  MPI_COMM_WORLD);
  }
}

std::uint64_t Ranks::sum(std::uint64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
  return value;
}

std::uint64_t Ranks::max(std::uint64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
  return value;
}

std::size_t Ranks::sum_of(const std::vector<int>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0},
                         [](std::size_t sum, int count) { return sum + static_cast<std::size_t>(count); });
}

std::vector<int> Ranks::gather_counts(std::size_t mine) const {
  const auto count = static_cast<int>(mine);
  std::vector<int> counts(count_);
  MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
  return counts;
}

void Ranks::gather_items(const void* mine, void* all, const std::vector<int>& counts,
                         std::size_t bytes_each) const {
  const ItemType item(bytes_each);
  MPI_Allgatherv(mine, counts[rank_], item.get(), all, counts.data(), places(counts).data(), item.get(),
                 MPI_COMM_WORLD);
}

std::vector<int> Ranks::exchange_counts(const std::vector<int>& counts) const {
  std::vector<int> arriving(count_);
  MPI_Alltoall(counts.data(), 1, MPI_INT, arriving.data(), 1, MPI_INT, MPI_COMM_WORLD);
  return arriving;
}

void Ranks::exchange_items(const void* sent, const std::vector<int>& counts, void* received,
                           const std::vector<int>& arriving, std::size_t bytes_each) const {
  const ItemType item(bytes_each);
  MPI_Alltoallv(sent, counts.data(), places(counts).data(), item.get(), received, arriving.data(),
                places(arriving).data(), item.get(), MPI_COMM_WORLD);
}

}  // namespace adapm::apps
