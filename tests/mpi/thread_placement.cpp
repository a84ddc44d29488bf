// Where threads run: those of run_workers leave a core to the progress thread, if there are enough cores.
#include <sched.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Units = std::vector<std::size_t>;

/// The processing units that a thread of this process may run on; 0: the calling one.
Units units_of(pid_t thread) {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(thread, sizeof set, &set);
  Units units;
  for (std::size_t unit = 0; unit < CPU_SETSIZE; ++unit)
    if (CPU_ISSET(unit, &set)) units.push_back(unit);
  return units;
}

Units units_of_progress_thread() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name == "adapm-progress") return units_of(std::stoi(task.path().filename()));
  }
  return {};
}

TEST_CASE("workers and the progress thread share no core if there are enough") {
  const bool separate = GENERATE(true, false);
  CAPTURE(separate);
  const Units before = units_of(0);
  const auto ranks = static_cast<std::size_t>(ranks_of_this_host());
  Options chosen = options();
  chosen.separate_cores = separate;
  chosen.report = true;
  Store<std::int64_t> store(ValueLayout::uniform(8, 1), chosen);
  Units worker, progress;
  run_workers(store, 1, [&](Worker<std::int64_t>& w, int) {
    w.barrier();  // the progress thread is at work
    worker = units_of(0);
    progress = units_of_progress_thread();
    w.barrier();
  });
  if (!separate || world_size() == 1 || before.size() < 2 * ranks) {
    CHECK(worker == before);
    if (world_size() > 1) CHECK(progress == before);
  } else {  // nothing here has bound this rank to cores of its own
    CHECK(progress.size() * ranks <= before.size() - worker.size());
    for (const std::size_t unit : progress) CHECK(std::find(worker.begin(), worker.end(), unit) == worker.end());
    CHECK_FALSE(worker.empty());
  }
  CHECK(units_of(0) == before);
  if (world_size() > 1) CHECK(units_of_progress_thread() == before);
  int separated = worker != before ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &separated, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  if (world_rank() == 0) std::printf("ranks with separate cores: %d\n", separated);
}

}  // namespace
}  // namespace adapm::test
