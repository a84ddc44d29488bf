// The workers of a store are OpenMP's threads.
#include <omp.h>

#include <memory>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

constexpr std::uint64_t num_keys = 50;
constexpr int num_threads = 3;

using OneWorker = std::unique_ptr<Worker<double>>;

/// A worker for each thread, made by the thread that will use it.
std::vector<OneWorker> make_workers(Store<double>& store) {
  std::vector<OneWorker> workers(num_threads);
#pragma omp parallel num_threads(num_threads)
  workers[static_cast<std::size_t>(omp_get_thread_num())] = std::make_unique<Worker<double>>(store);
  return workers;
}

TEST_CASE("loops of OpenMP share the work among workers that outlive them") {
  Store<double> store(ValueLayout::uniform(num_keys, 1), options());
  const std::vector<OneWorker> workers = make_workers(store);
  const int sweeps = scaled(60);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
#pragma omp parallel num_threads(num_threads)
    {
      Worker<double>& worker = *workers[static_cast<std::size_t>(omp_get_thread_num())];
#pragma omp for schedule(dynamic, 4)
      for (std::uint64_t i = 0; i < num_keys; ++i) {
        const std::vector<Key> key{(i + static_cast<Key>(store.rank())) % num_keys};
        worker.intent(key, worker.current_clock(), worker.current_clock() + 8);
        worker.push(key, std::vector<double>{1.0});
        worker.advance_clock();
      }
    }
    int one = 1;  // between the loops the host has MPI to itself
    MPI_Allreduce(MPI_IN_PLACE, &one, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    REQUIRE(one == world_size());
  }
  const double expected = double(sweeps) * store.num_ranks();
  std::vector<std::vector<double>> seen(num_threads);
#pragma omp parallel num_threads(num_threads)
  {
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
    settle(*workers[thread]);
    seen[thread] = pull_now(*workers[thread], store.layout(), all_keys(num_keys));
    workers[thread]->barrier();
  }
  for (const auto& values : seen) CHECK(values == std::vector<double>(num_keys, expected));
}

TEST_CASE("tasks of OpenMP use the worker of the thread that runs them") {
  Store<double> store(ValueLayout::uniform(num_keys, 1), options());
  const std::vector<OneWorker> workers = make_workers(store);
  const int tasks = scaled(300);
#pragma omp parallel num_threads(num_threads)
#pragma omp single
  for (int task = 0; task < tasks; ++task) {
#pragma omp task firstprivate(task)
    {
      Worker<double>& worker = *workers[static_cast<std::size_t>(omp_get_thread_num())];
      const std::vector<Key> key{static_cast<Key>(task) % num_keys};
      worker.wait(worker.push(key, std::vector<double>{1.0}));
    }
  }
  std::vector<double> pushed{0};
#pragma omp parallel num_threads(num_threads)
  settle(*workers[static_cast<std::size_t>(omp_get_thread_num())]);
  for (const double value : pull_now(*workers[0], store.layout(), all_keys(num_keys))) pushed[0] += value;
  CHECK(pushed[0] == double(tasks) * store.num_ranks());
  store.barrier();
}

}  // namespace
}  // namespace adapm::test
