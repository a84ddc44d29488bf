// The interface in C: every function, with every element; what fails says so by its status and the thread's
// message.
#include <limits>
#include <string>
#include <thread>
#include <type_traits>

#include "adapm/adapm.h"
#include "support/mpi_test.hpp"
#include "support/shared_folder.hpp"

namespace adapm::test {
namespace {

template <class V>
constexpr adapm_element element = std::is_same_v<V, float>    ? ADAPM_FLOAT
                                  : std::is_same_v<V, double> ? ADAPM_DOUBLE
                                                              : ADAPM_INT64;

constexpr std::size_t length = 3;
constexpr std::uint64_t num_keys = 24;

/// The options of this test run.
class GivenOptions {
 public:
  GivenOptions() {
    REQUIRE(adapm_options_create(&options_) == ADAPM_OK);
    set("sys.report", "0");
  }
  ~GivenOptions() { adapm_options_destroy(options_); }
  GivenOptions(const GivenOptions&) = delete;
  GivenOptions& operator=(const GivenOptions&) = delete;
  void set(const char* name, const char* value) {
    REQUIRE(adapm_options_set(options_, name, value) == ADAPM_OK);
  }
  operator adapm_options*() const { return options_; }

 private:
  adapm_options* options_ = nullptr;
};

adapm_store* open_store(adapm_element of, const adapm_options* options) {
  adapm_store* store = nullptr;
  REQUIRE(adapm_store_open(&store, of, num_keys, length, options, MPI_COMM_WORLD) == ADAPM_OK);
  return store;
}

adapm_worker* open_worker(adapm_store* store) {
  adapm_worker* worker = nullptr;
  REQUIRE(adapm_worker_open(&worker, store) == ADAPM_OK);
  return worker;
}

void close(adapm_worker* worker, adapm_store* store) {
  adapm_worker_close(worker);
  CHECK(adapm_store_close(store) == ADAPM_OK);
}

void settle(adapm_worker* worker) {
  CHECK(adapm_wait_sync(worker) == ADAPM_OK);
  CHECK(adapm_barrier(worker) == ADAPM_OK);
}

/// That `call`, which has returned `status`, failed so and says `message`.
void check_failed(adapm_status status, adapm_status expected, const std::string& message) {
  CHECK(status == expected);
  CHECK_THAT(adapm_last_error(), Catch::Contains(message));
}

template <class V>
std::vector<V> pull(adapm_worker* worker, const std::vector<Key>& keys) {
  std::vector<V> values(keys.size() * length);
  adapm_ticket ticket = 0;
  CHECK(adapm_pull(worker, keys.data(), keys.size(), values.data(), values.size(), &ticket) == ADAPM_OK);
  CHECK(adapm_wait(worker, ticket) == ADAPM_OK);
  return values;
}

TEMPLATE_TEST_CASE("values are set, pushed and pulled in C", "", float, double, std::int64_t) {
  using V = TestType;
  const GivenOptions options;
  adapm_store* store = open_store(element<V>, options);
  CHECK(adapm_store_rank(store) == world_rank());
  CHECK(adapm_store_num_ranks(store) == world_size());
  CHECK(adapm_store_element(store) == element<V>);
  CHECK(adapm_store_num_keys(store) == num_keys);
  CHECK(adapm_store_length(store, num_keys - 1) == length);
  CHECK(adapm_store_length(store, num_keys) == 0);
  adapm_worker* worker = open_worker(store);

  const std::vector<Key> keys = all_keys(num_keys);
  const std::vector<V> base(num_keys * length, V(7)), ones(num_keys * length, V(1));
  adapm_ticket ticket = 99;
  CHECK(adapm_begin_setup(worker) == ADAPM_OK);
  if (world_rank() == 0) {
    CHECK(adapm_set(worker, keys.data(), keys.size(), base.data(), base.size(), &ticket) == ADAPM_OK);
    CHECK(adapm_wait(worker, ticket) == ADAPM_OK);
  }
  CHECK(adapm_end_setup(worker) == ADAPM_OK);

  CHECK(adapm_current_clock(worker) == 0);
  CHECK(adapm_intent(worker, keys.data(), 5, 1, ADAPM_FOREVER) == ADAPM_OK);
  CHECK(adapm_advance_clock(worker) == ADAPM_OK);
  CHECK(adapm_current_clock(worker) == 1);
  CHECK(adapm_push(worker, keys.data(), keys.size(), ones.data(), ones.size(), nullptr) == ADAPM_OK);
  CHECK(adapm_wait_all(worker) == ADAPM_OK);
  settle(worker);
  CHECK(pull<V>(worker, {3, 0, 3}) == std::vector<V>(3 * length, V(7 + world_size())));

  int done = 0, found = -1;
  CHECK(adapm_is_done(worker, ticket == 99 ? 0 : ticket, &done) == ADAPM_OK);
  CHECK(done == 1);
  std::vector<V> value(length);
  const auto own = static_cast<Key>(world_rank()) + 2 * static_cast<Key>(world_size() * 4);
  if (own < num_keys) {
    CHECK(adapm_pull_if_local(worker, own, value.data(), length, &found) == ADAPM_OK);
    CHECK(found == 1);
    CHECK(value == std::vector<V>(length, V(7 + world_size())));
  }
  close(worker, store);
}

TEST_CASE("values of several lengths, and Fortran's communicator") {
  const GivenOptions options;
  const std::vector<std::uint32_t> lengths{1, 4, 2};
  const MPI_Fint world = MPI_Comm_c2f(MPI_COMM_WORLD);
  const bool per_key = GENERATE(true, false);
  adapm_store* store = nullptr;
  REQUIRE(adapm_store_open_fortran(&store, ADAPM_DOUBLE, 3, 5, per_key ? lengths.data() : nullptr, options,
                                   world) == ADAPM_OK);
  CHECK(adapm_store_length(store, 1) == (per_key ? 4 : 5));
  CHECK(adapm_store_close(store) == ADAPM_OK);
  REQUIRE(adapm_store_open_per_key(&store, ADAPM_INT64, 3, lengths.data(), options, MPI_COMM_WORLD) ==
          ADAPM_OK);
  CHECK(adapm_store_length(store, 2) == 2);
  CHECK(adapm_store_close(store) == ADAPM_OK);
}

/// Every fifth key.
adapm_key draw(void* context, adapm_generator* random) {
  ++*static_cast<std::atomic<int>*>(context);
  const double share = adapm_generator_uniform(random);
  CHECK((0 <= share && share < 1));
  adapm_generator_bits(random);
  return 5 * adapm_generator_below(random, 4);
}

TEST_CASE("samples are drawn in C") {
  GivenOptions options;
  options.set("sys.sampling.scheme", "preloc");
  adapm_store* store = open_store(ADAPM_INT64, options);
  std::atomic<int> drawn = 0;
  const int kind = GENERATE(0, 1, 2, 3);
  const std::vector<double> weights(4, 1.0);
  switch (kind) {
    case 0:
      CHECK(adapm_store_set_uniform_distribution(store, 5, 10) == ADAPM_OK);
      break;
    case 1:
      CHECK(adapm_store_set_log_uniform_distribution(store, 5, 10) == ADAPM_OK);
      break;
    case 2:
      CHECK(adapm_store_set_weighted_distribution(store, weights.data(), 4, 0, 5) == ADAPM_OK);
      break;
    default:
      CHECK(adapm_store_set_distribution(store, draw, &drawn, 0, 0) == ADAPM_OK);
  }
  adapm_worker* worker = open_worker(store);
  adapm_sample sample = 0;
  CHECK(adapm_prepare_sample(worker, 6, 0, 1, &sample) == ADAPM_OK);
  std::vector<Key> keys(4, num_keys);
  std::vector<std::int64_t> values(4 * length, -1);
  adapm_ticket ticket = 0;
  CHECK(adapm_pull_sample(worker, sample, keys.data(), 4, values.data(), values.size(), &ticket) == ADAPM_OK);
  CHECK(adapm_wait(worker, ticket) == ADAPM_OK);
  CHECK(values == std::vector<std::int64_t>(4 * length, 0));
  for (const Key key : keys) CHECK((kind < 2 ? 5 <= key && key < 10 : key < 20 && key % 5 == 0));
  CHECK(adapm_finish_sample(worker, sample) == ADAPM_OK);
  CHECK(drawn == (kind == 3 ? 6 : 0));
  close(worker, store);
}

/// Of the names that all begin so.
double sum(const std::vector<adapm_statistic>& statistics, const std::string& name) {
  double total = 0;
  for (const adapm_statistic& one : statistics)
    if (std::string(one.name).rfind(name, 0) == 0) total += one.value;
  return total;
}

TEST_CASE("statistics and reductions in C") {
  const GivenOptions options;
  adapm_store* store = open_store(ADAPM_FLOAT, options);
  adapm_worker* worker = open_worker(store);
  const std::vector<Key> keys{1, 2};
  const std::vector<float> updates(2 * length, 1);
  CHECK(adapm_push(worker, keys.data(), 2, updates.data(), updates.size(), nullptr) == ADAPM_OK);
  settle(worker);
  std::vector<adapm_statistic> own(adapm_num_statistics()), total(own.size());
  CHECK(adapm_store_statistics(store, own.data()) == ADAPM_OK);
  CHECK(adapm_store_total_statistics(store, total.data()) == ADAPM_OK);
  CHECK(sum(own, "pushed.") == 2);
  CHECK(sum(total, "pushed.") == 2 * world_size());
  CHECK(sum(total, "owned_keys") == num_keys);
  CHECK(sum(own, "seconds") > 0);

  double values[2] = {double(world_rank()), 1};
  CHECK(adapm_store_allreduce(store, values, 2, ADAPM_SUM) == ADAPM_OK);
  CHECK(values[1] == world_size());
  CHECK(adapm_store_allreduce(store, values, 1, ADAPM_MAX) == ADAPM_OK);
  CHECK(adapm_store_allreduce(store, values, 1, ADAPM_MIN) == ADAPM_OK);
  CHECK(values[0] == world_size() * (world_size() - 1) / 2);
  CHECK(adapm_store_barrier(store) == ADAPM_OK);
  close(worker, store);
}

TEST_CASE("options in C") {
  GivenOptions options;
  char value[20];
  CHECK(adapm_options_get(options, "sys.report", value, sizeof value) == ADAPM_OK);
  CHECK(std::string(value) == "0");
  options.set("sys.techniques", "replication_only");
  CHECK(adapm_options_get(options, "sys.techniques", value, sizeof value) == ADAPM_OK);
  CHECK(std::string(value) == "replication_only");
  check_failed(adapm_options_get(options, "sys.techniques", value, 16), ADAPM_USAGE_ERROR, "17");
  check_failed(adapm_options_set(options, "sys.techniques", "some"), ADAPM_CONFIGURATION_ERROR,
               "relocation_only");
  check_failed(adapm_options_set(options, "sys.none", "1"), ADAPM_CONFIGURATION_ERROR, "sys.none");
  CHECK_THAT(adapm_options_help(),
             Catch::Contains("sys.techniques all|replication_only|relocation_only (all): "));
  CHECK(adapm_initialize_mpi() == ADAPM_OK);
  CHECK_THAT(adapm_version(), Catch::Matches("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST_CASE("misuse in C is refused, with a message") {
  const GivenOptions options;
  adapm_store* store = open_store(ADAPM_DOUBLE, options);
  adapm_worker* worker = open_worker(store);
  const Key keys[] = {1, num_keys};
  double values[2 * length] = {};
  adapm_ticket ticket = 0;
  check_failed(adapm_pull(worker, keys, 2, values, 2 * length, &ticket), ADAPM_USAGE_ERROR,
               std::to_string(num_keys));
  check_failed(adapm_push(worker, keys, 1, values, length + 1, &ticket), ADAPM_USAGE_ERROR,
               std::to_string(length + 1));
  check_failed(adapm_set(worker, keys, 1, nullptr, length, &ticket), ADAPM_USAGE_ERROR,
               "values is a null pointer");
  check_failed(adapm_pull(worker, nullptr, 1, values, length, nullptr), ADAPM_USAGE_ERROR,
               "keys is a null pointer");
  check_failed(adapm_wait(worker, 4711), ADAPM_USAGE_ERROR, "4711");
  check_failed(adapm_is_done(worker, ticket, nullptr), ADAPM_USAGE_ERROR, "done is a null pointer");
  check_failed(adapm_pull_if_local(worker, 1, values, length, nullptr), ADAPM_USAGE_ERROR,
               "found is a null pointer");
  check_failed(adapm_intent(worker, keys, 1, 5, 5), ADAPM_USAGE_ERROR, "end must be after its start");
  check_failed(adapm_prepare_sample(worker, 1, 0, 1, nullptr), ADAPM_USAGE_ERROR, "sample is a null pointer");
  check_failed(adapm_store_set_distribution(store, nullptr, nullptr, 0, 0), ADAPM_USAGE_ERROR,
               "draw is a null pointer");
  check_failed(adapm_store_set_uniform_distribution(store, 3, 3), ADAPM_USAGE_ERROR, "");
  check_failed(adapm_advance_clock(nullptr), ADAPM_USAGE_ERROR, "worker is a null pointer");
  check_failed(adapm_store_barrier(nullptr), ADAPM_USAGE_ERROR, "store is a null pointer");
  check_failed(adapm_store_allreduce(store, values, 1, adapm_reduction(3)), ADAPM_USAGE_ERROR, "reduction 3");
  adapm_store* other = nullptr;
  check_failed(adapm_store_open(&other, adapm_element(3), 1, 1, options, MPI_COMM_WORLD), ADAPM_USAGE_ERROR,
               "element 3");
  check_failed(adapm_store_open(&other, ADAPM_FLOAT, 0, 1, options, MPI_COMM_WORLD), ADAPM_USAGE_ERROR, "");
  check_failed(adapm_store_close(store), ADAPM_USAGE_ERROR, "1 workers");

  const std::string mine = adapm_last_error();
  std::string others = "not run";
  std::jthread([&] { others = adapm_last_error(); }).join();
  CHECK(others == "");
  CHECK(adapm_last_error() == mine);
  close(worker, store);
}

TEST_CASE("checkpoints in C") {
  const GivenOptions options;
  const SharedFolder shared;
  const std::string folder = shared.path();
  adapm_store* store = open_store(ADAPM_INT64, options);
  adapm_worker* worker = open_worker(store);
  std::uint64_t number = 7;
  std::size_t num_states = 7;
  CHECK(adapm_store_load(store, folder.c_str(), &number, &num_states) == ADAPM_OK);
  CHECK(number == 0);
  const std::vector<std::int64_t> ones(length, 1);
  const Key key = 5;
  CHECK(adapm_push(worker, &key, 1, ones.data(), length, nullptr) == ADAPM_OK);
  CHECK(adapm_wait_all(worker) == ADAPM_OK);
  const std::string state = "rank " + std::to_string(world_rank());
  CHECK(adapm_store_save(store, folder.c_str(), state.data(), state.size(), 2, &number) == ADAPM_OK);
  CHECK(number == 1);
  CHECK(adapm_store_barrier(store) == ADAPM_OK);
  CHECK(adapm_push(worker, &key, 1, ones.data(), length, nullptr) == ADAPM_OK);
  settle(worker);
  CHECK(adapm_store_load(store, folder.c_str(), &number, &num_states) == ADAPM_OK);
  CHECK(pull<std::int64_t>(worker, {key}) == std::vector<std::int64_t>(length, world_size()));
  CHECK(num_states == static_cast<std::size_t>(world_size()));
  std::size_t bytes = 0;
  const auto* saved = static_cast<const char*>(adapm_store_state(store, 0, &bytes));
  CHECK(std::string(saved, bytes) == "rank 0");
  CHECK(adapm_store_state(store, num_states, &bytes) == nullptr);
  check_failed(adapm_store_save(store, nullptr, nullptr, 0, 2, nullptr), ADAPM_USAGE_ERROR, "folder is a null pointer");
  check_failed(adapm_store_save(store, folder.c_str(), nullptr, 0, 0, nullptr), ADAPM_USAGE_ERROR, "keep_last");
  check_failed(adapm_store_save(store, "/dev/null/folder", nullptr, 0, 2, nullptr), ADAPM_CHECKPOINT_ERROR, "/dev/null");
  CHECK(adapm_store_interruptions(store) == 0);
  CHECK(adapm_store_barrier(store) == ADAPM_OK);
  CHECK(adapm_store_interrupt(store) == ADAPM_OK);
  while (adapm_store_interruptions(store) == 0) std::this_thread::yield();
  close(worker, store);
}

TEST_CASE("ranks that differ, and a store that fails, are told in C") {
  if (world_size() == 1) return;
  GivenOptions options;
  options.set("sys.sync.max_per_sec", world_rank() == 1 ? "10" : "20");
  adapm_store* store = nullptr;
  check_failed(adapm_store_open(&store, ADAPM_FLOAT, 9, 1, options, MPI_COMM_WORLD),
               ADAPM_CONFIGURATION_ERROR, "sys.sync.max_per_sec");
  CHECK(store == nullptr);

  options.set("sys.sync.max_per_sec", "1000");
  store = open_store(ADAPM_FLOAT, options);
  adapm_worker* worker = open_worker(store);
  MPI_Barrier(MPI_COMM_WORLD);  // a worker of a store that has failed cannot be made
  if (world_rank() == 1) adapm_store_fail(store, "the disk is full");
  adapm_status status = ADAPM_OK;
  while (status == ADAPM_OK) status = adapm_barrier(worker);
  check_failed(status, ADAPM_STORE_FAILURE, "the disk is full");
  adapm_worker_close(worker);
  check_failed(adapm_store_close(store), ADAPM_STORE_FAILURE, "the disk is full");
}

}  // namespace
}  // namespace adapm::test
