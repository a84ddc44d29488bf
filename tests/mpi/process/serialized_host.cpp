// A host that has one thread and asked for MPI_THREAD_SERIALIZED: it calls MPI itself before, between and
// after its stores, and is the worker while one is open. Ends with 0 if all it learns and receives is right.
#include <mpi.h>

#include <cstdio>
#include <vector>

#include "adapm/adapm.hpp"

namespace {

bool sums_up() {
  int one = 1;
  int size = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Allreduce(MPI_IN_PLACE, &one, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  return one == size;
}

bool works() {
  adapm::Options options = adapm::options_from_environment();
  options.report = false;
  adapm::Store<double> store(adapm::ValueLayout::uniform(30, 2), options);
  adapm::Worker<double> worker(store);
  const std::vector<adapm::Key> keys{0, 7, 29};
  for (int step = 0; step < 100; ++step) {
    worker.intent(keys, step + 3, step + 5);
    worker.push(keys, std::vector<double>(6, 1.0));
    worker.advance_clock();
  }
  worker.wait_sync();
  worker.barrier();
  std::vector<double> values(6);
  worker.wait(worker.pull(keys, values));
  worker.barrier();
  return values == std::vector<double>(6, 100.0 * store.num_ranks());
}

}  // namespace

int main(int argc, char** argv) {
  int granted = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &granted);
  bool right = granted == MPI_THREAD_SERIALIZED && sums_up();
  for (int store = 0; store < 2; ++store) {
    right = works() && right;
    right = sums_up() && right;
  }
  MPI_Finalize();
  if (!right) std::fprintf(stderr, "a sum is wrong, or the thread level is %d\n", granted);
  return right ? 0 : 1;
}
