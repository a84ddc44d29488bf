// Stores in programs that have threads and communication of their own.
#include <atomic>
#include <thread>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;

constexpr std::uint64_t num_keys = 20;

/// Steps of a worker that keeps keys on the move. Adds `steps` to every key.
template <ValueElement V>
void work(Worker<V>& worker, std::mt19937_64& random, int steps) {
  const std::vector<Key> keys = all_keys(num_keys);
  const std::vector<V> ones(num_keys, V(1));
  for (int i = 0; i < steps; ++i) {
    worker.intent(distinct_keys(random, 3, num_keys), worker.current_clock() + 2, worker.current_clock() + 6);
    worker.push(keys, ones);
    worker.advance_clock();
  }
}

/// Whether all keys have the value `expected`, after everybody's pushes.
template <ValueElement V>
bool has_sum(Worker<V>& worker, const ValueLayout& layout, std::int64_t expected) {
  settle(worker);
  const std::vector<V> values = pull_now(worker, layout, all_keys(num_keys));
  worker.barrier();
  return values == std::vector<V>(num_keys, V(expected));
}

/// Exchanges with the neighbours in a ring, and sums; whether all of it arrives.
bool communicate(MPI_Comm communicator, int steps) {
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(communicator, &rank);
  MPI_Comm_size(communicator, &size);
  bool right = true;
  for (int i = 0; i < steps; ++i) {
    std::vector<int> halo(500, rank);
    MPI_Sendrecv_replace(halo.data(), 500, MPI_INT, (rank + 1) % size, i, (rank + size - 1) % size, i,
                         communicator, MPI_STATUS_IGNORE);
    int sum = halo[499];
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, communicator);
    right = right && halo[499] == (rank + size - 1) % size && sum == size * (size - 1) / 2;
  }
  return right;
}

class Communicator {
 public:
  Communicator() { MPI_Comm_dup(MPI_COMM_WORLD, &handle_); }
  Communicator(int color, int key) { MPI_Comm_split(MPI_COMM_WORLD, color, key, &handle_); }
  ~Communicator() { MPI_Comm_free(&handle_); }
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  operator MPI_Comm() const { return handle_; }

 private:
  MPI_Comm handle_ = MPI_COMM_NULL;
};

TEST_CASE("a host with one thread communicates between its accesses") {
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, 1), options());
  Worker<std::int64_t> worker(store);
  auto random = generator();
  const int steps = scaled(50);
  for (int i = 0; i < steps; ++i) {
    work(worker, random, 5);
    REQUIRE(communicate(MPI_COMM_WORLD, 1));
  }
  CHECK(has_sum(worker, store.layout(), std::int64_t{5} * steps * store.num_ranks()));
}

TEST_CASE("a host communicates from several threads while its workers work") {
  const Communicator first;
  const Communicator second;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, 1), options());
  const int steps = scaled(300);
  bool first_right = false;
  bool second_right = false;
  std::jthread one([&] { first_right = communicate(first, scaled(100)); });
  std::jthread other([&] { second_right = communicate(second, scaled(100)); });
  const std::string findings =
      run_on_workers(store, 2, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        auto random = generator(index);
        work(worker, random, steps);
        found.expect(has_sum(worker, store.layout(), std::int64_t{2} * steps * store.num_ranks()),
                     "wrong sums");
      });
  one.join();
  other.join();
  CHECK(findings == "");
  CHECK(first_right);
  CHECK(second_right);
}

TEST_CASE("threads that the host makes and ends bring their workers") {
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, 1), options());
  constexpr int generations = 5;
  const int steps = scaled(40);
  for (int generation = 0; generation < generations; ++generation) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i)
      threads.emplace_back([&, i] {
        Worker<std::int64_t> worker(store);
        auto random = generator(2 * generation + i);
        work(worker, random, steps);
      });
  }
  Worker<std::int64_t> worker(store);
  CHECK(has_sum(worker, store.layout(), std::int64_t{2} * generations * steps * store.num_ranks()));
}

TEST_CASE("two stores work at once on different communicators") {
  const Communicator backwards(0, -world_rank());
  const Communicator part(world_rank() % 2, world_rank());
  Store<std::int64_t> whole(ValueLayout::uniform(num_keys, 1), options(), backwards);
  Store<double> half(ValueLayout::uniform(num_keys, 1), options(), part);
  const int steps = scaled(300);
  std::atomic<bool> whole_right = false;
  std::atomic<bool> half_right = false;
  std::jthread one([&] {
    Worker<std::int64_t> worker(whole);
    auto random = generator(1);
    work(worker, random, steps);
    whole_right = has_sum(worker, whole.layout(), std::int64_t{steps} * whole.num_ranks());
  });
  std::jthread other([&] {
    Worker<double> worker(half);
    auto random = generator(2);
    work(worker, random, 2 * steps);
    half_right = has_sum(worker, half.layout(), std::int64_t{2} * steps * half.num_ranks());
  });
  one.join();
  other.join();
  CHECK(whole_right);
  CHECK(half_right);
}

}  // namespace
}  // namespace adapm::test
