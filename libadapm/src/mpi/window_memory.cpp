#include "mpi/window_memory.hpp"

#include <sys/mman.h>
#include <sys/statvfs.h>

#include <cstdint>
#include <string>
#include <vector>

#include "adapm/error.hpp"
#include "base/huge_pages.hpp"
#include "mpi/runtime.hpp"

namespace adapm::mpi {

namespace {

constexpr const char* shared_memory_folder = "/dev/shm";

/// What a piece may be moved by so that it begins as it should: with a huge page, if it has several, else with a page.
std::size_t alignment_of(std::size_t bytes) {
  return bytes < 2 * base::huge_page_bytes ? base::page_bytes : base::huge_page_bytes;
}

std::size_t distance_to_multiple(const std::byte* address, std::size_t unit) {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  return (value + unit - 1) / unit * unit - value;
}

std::string megabytes(double bytes) { return std::to_string(static_cast<long long>(bytes / 1e6 + 0.999)) + " MB"; }

/// Whether this process may map so much more (ulimit -v).
bool has_address_space(double bytes) {
  if (bytes == 0) return true;
  void* const room = mmap(nullptr, static_cast<std::size_t>(bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return false;
  munmap(room, static_cast<std::size_t>(bytes));
  return true;
}

/// Free bytes for shared memory on this host; a great deal if that cannot be told.
double free_shared_memory() {
  struct statvfs status {};
  if (statvfs(shared_memory_folder, &status) != 0) return 1e18;
  return static_cast<double>(status.f_bavail) * static_cast<double>(status.f_frsize);
}

/// Throws on every rank of `all` if `good` is false on any; the text is that of the first such rank.
void agree(const Communicator& all, bool good, const std::string& complaint) {
  const int rank = good ? all.size() : all.rank();
  int first = 0;
  check(MPI_Allreduce(&rank, &first, 1, MPI_INT, MPI_MIN, all.get()), "MPI_Allreduce");
  if (first == all.size()) return;
  std::string text = complaint;
  text.resize(400, '\0');
  check(MPI_Bcast(text.data(), static_cast<int>(text.size()), MPI_CHAR, first, all.get()), "MPI_Bcast");
  throw ConfigurationError("rank " + std::to_string(first) + ": " + text.c_str());
}

}  // namespace

WindowMemory::WindowMemory(const Communicator& all, const Communicator& host, std::size_t own_bytes, bool one_sided)
    : own_bytes_((own_bytes + base::page_bytes - 1) / base::page_bytes * base::page_bytes) {
  // A rank alone on its host agrees as well: others of `all` may share one.
  const bool shares = host.size() > 1;
  double wanted = static_cast<double>(own_bytes_ + (shares ? alignment_of(own_bytes_) : 0));
  check(MPI_Allreduce(MPI_IN_PLACE, &wanted, 1, MPI_DOUBLE, MPI_SUM, host.get()), "MPI_Allreduce");
  const double room = free_shared_memory();
  agree(all, !shares || wanted <= room,
        std::string("not enough shared memory: the ranks of this host need ") + megabytes(wanted) + " in " +
            shared_memory_folder + ", which has " + megabytes(room) +
            " free; enlarge it (mount -o remount,size=...; docker run --shm-size=...), use fewer ranks per host, or "
            "--sys.one_host_per_rank 1");
  // MPI must not find out: its other ranks would wait for ever.
  agree(all, has_address_space(wanted), "not enough memory: a process may not map " + megabytes(wanted) +
                                            " more; see ulimit -v, or use more hosts");
  if (shares) {
    allocate_shared(host);
  } else {
    map_private();
  }
  const bool populated = own_ != nullptr && base::populate(own_, own_bytes_);
  agree(all, populated || own_bytes_ == 0, "not enough memory for " + megabytes(static_cast<double>(own_bytes_)) + " of values");
  if (one_sided) create_global(all);
}

void WindowMemory::allocate_shared(const Communicator& host) {
  MPI_Info info = MPI_INFO_NULL;
  check(MPI_Info_create(&info), "MPI_Info_create");
  check(MPI_Info_set(info, "alloc_shared_noncontig", "true"), "MPI_Info_set");
  void* base = nullptr;
  // Never empty: some implementations hand out no address then. And more, to align it ourselves.
  const std::size_t alignment = alignment_of(own_bytes_);
  const auto bytes = static_cast<MPI_Aint>(own_bytes_ + alignment);
  check(MPI_Win_allocate_shared(bytes, 1, info, host.get(), &base, &shared_), "MPI_Win_allocate_shared");
  MPI_Info_free(&info);
  view_ = base::HugeView(static_cast<std::byte*>(base));
  own_ = view_.at(static_cast<std::byte*>(base));
  // In a view addresses are aligned as the memory is. The ranks' addresses differ, so each says how far it has moved.
  const std::uint64_t moved = distance_to_multiple(own_, alignment);
  own_ += moved;
  std::vector<std::uint64_t> moved_by(static_cast<std::size_t>(host.size()));
  check(MPI_Allgather(&moved, 1, MPI_UINT64_T, moved_by.data(), 1, MPI_UINT64_T, host.get()), "MPI_Allgather");
  for (int rank = 0; rank < host.size(); ++rank) {
    MPI_Aint size = 0;
    int unit = 0;
    void* address = nullptr;
    check(MPI_Win_shared_query(shared_, rank, &size, &unit, &address), "MPI_Win_shared_query");
    of_host_.push_back(view_.at(static_cast<std::byte*>(address)) + moved_by[static_cast<std::size_t>(rank)]);
  }
}

void WindowMemory::map_private() {
  const std::size_t alignment = alignment_of(own_bytes_);
  mapped_bytes_ = own_bytes_ + alignment;
  void* memory = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    mapped_bytes_ = 0;
    return;
  }
  mapped_ = static_cast<std::byte*>(memory);
  own_ = mapped_ + distance_to_multiple(mapped_, alignment);
  of_host_.push_back(own_);
}

void WindowMemory::create_global(const Communicator& all) {
  const int result = MPI_Win_create(own_, static_cast<MPI_Aint>(own_bytes_), 1, MPI_INFO_NULL, all.get(), &global_);
  int good = result == MPI_SUCCESS ? 1 : 0;
  check(MPI_Allreduce(MPI_IN_PLACE, &good, 1, MPI_INT, MPI_MIN, all.get()), "MPI_Allreduce");
  if (good == 0) {
    if (result == MPI_SUCCESS) MPI_Win_free(&global_);
    global_ = MPI_WIN_NULL;
    return;
  }
  check(MPI_Win_set_errhandler(global_, MPI_ERRORS_RETURN), "MPI_Win_set_errhandler");
  check(MPI_Win_lock_all(MPI_MODE_NOCHECK, global_), "MPI_Win_lock_all");
}

WindowMemory::~WindowMemory() {
  if (global_ != MPI_WIN_NULL) {
    MPI_Win_unlock_all(global_);
    MPI_Win_free(&global_);
  }
  view_ = base::HugeView();
  if (shared_ != MPI_WIN_NULL) MPI_Win_free(&shared_);
  if (mapped_bytes_ > 0) munmap(mapped_, mapped_bytes_);
}

void WindowMemory::leak() {
  view_.leak();
  global_ = MPI_WIN_NULL;
  shared_ = MPI_WIN_NULL;
  mapped_bytes_ = 0;
}

}  // namespace adapm::mpi
