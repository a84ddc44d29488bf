// What MPI itself takes for the same: the floor under bench_remote_access. Without the store.
//
//   mpirun -n 2 bench_window
//
// Reads of a rank's memory by another: plain loads from shared memory, MPI_Get and flush on a window that MPI allocated
// and on one made of existing memory; and half the round trip of a message. The memory read is at random places in 64
// MB.
#include <mpi.h>

#include <adapm/sampling.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"
#include "harness/figures_file.hpp"
#include "harness/quantile.hpp"

namespace {

using SteadyClock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::size_t window_bytes = std::size_t{64} << 20U;
constexpr int group = 16;  // reads that are timed together

struct WindowOptions {
  std::int64_t reads = 10'000;
  std::string json;
};

bool parse(WindowOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_window", "what MPI takes to read another rank's memory; for two ranks");
  line.group("Reads").add("reads", "of each kind", o.reads, {group, 1 << 30});
  line.group("Output").add("json", "write the figures to this file", o.json, "FILE");
  return line.parse(argc, argv);
}

int rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

/// A way to read: reads `bytes` at an offset of rank 1's memory.
using Read = std::function<void(std::size_t offset, std::size_t bytes)>;

class Figures {
 public:
  explicit Figures(const WindowOptions& options)
      : reads_(options.reads), json_(adapm::bench::figures_file(options.json, rank() == 0)) {}

  /// On rank 0; the other waits.
  void measure(const char* what, const Read& read) {
    for (const std::size_t bytes : {8U, 512U, 4096U}) {
      if (rank() == 0) add(what, bytes, median_microseconds(bytes, read));
      MPI_Barrier(MPI_COMM_WORLD);
    }
  }

  void add(const char* what, std::size_t bytes, double microseconds) {
    if (rank() != 0) return;
    std::printf("%-22s %5zu bytes: %8.3f us\n", what, bytes, microseconds);
    adapm::apps::JsonObject line;
    line.add("way", std::string_view(what)).add("bytes", std::uint64_t{bytes}).add("us", microseconds);
    json_.write(line);
  }

  [[nodiscard]] std::int64_t reads() const { return reads_; }

 private:
  double median_microseconds(std::size_t bytes, const Read& read) {
    std::vector<double> microseconds;
    for (std::int64_t i = 0; i < reads_ / group; ++i) {
      const auto started = SteadyClock::now();
      for (int j = 0; j < group; ++j) read(64 * random_.below((window_bytes - 4096) / 64), bytes);
      microseconds.push_back(Microseconds(SteadyClock::now() - started).count() / group);
    }
    return adapm::bench::median(microseconds);
  }

  const std::int64_t reads_;
  adapm::apps::MetricsFile json_;
  adapm::Generator random_{1};
};

/// Every rank's value is needed: one that fails alone would leave the other in a collective call.
bool everywhere(bool here) {
  int good = here ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &good, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return good != 0;
}

void measure_loads(Figures& figures) {
  MPI_Comm host = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
  int ranks = 0;
  MPI_Comm_size(host, &ranks);
  if (everywhere(ranks == 2)) {
    MPI_Win window = MPI_WIN_NULL;
    std::byte* own = nullptr;
    MPI_Win_allocate_shared(window_bytes, 1, MPI_INFO_NULL, host, &own, &window);
    std::memset(own, 1, window_bytes);
    MPI_Aint size = 0;
    int unit = 0;
    std::byte* other = nullptr;
    MPI_Win_shared_query(window, 1, &size, &unit, &other);
    MPI_Barrier(MPI_COMM_WORLD);
    std::vector<std::byte> to(4096);
    figures.measure("loads, shared memory", [&](std::size_t offset, std::size_t bytes) {
      std::memcpy(to.data(), other + offset, bytes);
      asm volatile("" : : "r"(to.data()) : "memory");
    });
    MPI_Win_free(&window);
  }
  MPI_Comm_free(&host);
}

void measure_gets(Figures& figures, const char* what, MPI_Win window) {
  MPI_Win_lock_all(MPI_MODE_NOCHECK, window);
  std::vector<std::byte> to(4096);
  figures.measure(what, [&](std::size_t offset, std::size_t bytes) {
    const auto count = static_cast<int>(bytes);
    MPI_Get(to.data(), count, MPI_BYTE, 1, static_cast<MPI_Aint>(offset), count, MPI_BYTE, window);
    MPI_Win_flush(1, window);
  });
  MPI_Win_unlock_all(window);
  MPI_Win_free(&window);
}

void measure_windows(Figures& figures) {
  MPI_Win window = MPI_WIN_NULL;
  std::byte* own = nullptr;
  if (everywhere(MPI_Win_allocate(window_bytes, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &own, &window) == MPI_SUCCESS)) {
    std::memset(own, 1, window_bytes);
    MPI_Barrier(MPI_COMM_WORLD);
    measure_gets(figures, "MPI_Win_allocate", window);
  }
  std::vector<std::byte> memory(window_bytes, std::byte{1});
  const int created = MPI_Win_create(memory.data(), window_bytes, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  if (everywhere(created == MPI_SUCCESS)) measure_gets(figures, "MPI_Win_create", window);
}

void measure_messages(Figures& figures) {
  std::vector<std::byte> buffer(4096);
  for (const int bytes : {8, 512, 4096}) {
    std::vector<double> microseconds;
    for (std::int64_t i = 0; i < figures.reads(); ++i) {
      const auto started = SteadyClock::now();
      if (rank() == 0) MPI_Send(buffer.data(), bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
      MPI_Recv(buffer.data(), bytes, MPI_BYTE, 1 - rank(), 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      if (rank() == 1) MPI_Send(buffer.data(), bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
      microseconds.push_back(Microseconds(SteadyClock::now() - started).count() / 2);
    }
    figures.add("message, one way", static_cast<std::size_t>(bytes), adapm::bench::median(microseconds));
  }
}

int run(const WindowOptions& options) {
  MPI_Init(nullptr, nullptr);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  int ranks = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const bool two = ranks == 2;
  if (two) {
    Figures figures(options);
    measure_loads(figures);
    measure_windows(figures);
    measure_messages(figures);
  }
  MPI_Finalize();
  if (!two) throw std::runtime_error("needs two ranks: mpirun -n 2 bench_window");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_window", [&] {
    WindowOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
