// Checkpoints: saved while workers go on, loaded on any number of ranks, refused when they do not fit or are damaged.
#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/error_message.hpp"
#include "support/mpi_test.hpp"
#include "support/shared_folder.hpp"

namespace adapm::test {
namespace {

using V = std::int64_t;
using Values = std::vector<V>;
using Catch::Matchers::Contains;

/// The first `count` ranks as a communicator; null on the others.
class FirstRanks {
 public:
  explicit FirstRanks(int count) {
    MPI_Comm_split(MPI_COMM_WORLD, world_rank() < count ? 0 : MPI_UNDEFINED, 0, &communicator_);
  }
  ~FirstRanks() {
    if (communicator_ != MPI_COMM_NULL) MPI_Comm_free(&communicator_);
    MPI_Barrier(MPI_COMM_WORLD);
  }
  FirstRanks(const FirstRanks&) = delete;
  FirstRanks& operator=(const FirstRanks&) = delete;

  [[nodiscard]] bool contain_this() const { return communicator_ != MPI_COMM_NULL; }
  [[nodiscard]] MPI_Comm get() const { return communicator_; }

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
};

/// A value of its own for every element of every key.
template <class Element>
std::vector<Element> distinct_values(const ValueLayout& layout) {
  std::vector<Element> values(layout.total_length(all_keys(layout.num_keys())));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Element>(1000 + 3 * i);
  return values;
}

template <class Element>
std::vector<Element> all_values(Store<Element>& store) {
  Worker<Element> worker(store);
  return pull_now(worker, store.layout(), all_keys(store.layout().num_keys()));
}

/// Each rank sets, by intent, a share of the keys, and thereby gets some of them.
template <class Element>
void set_everywhere(Store<Element>& store, const std::vector<Element>& values) {
  run_workers(store, 1, [&](Worker<Element>& worker, int) {
    std::size_t at = 0;
    for (Key key = 0; key < store.layout().num_keys(); ++key) {
      const std::size_t length = store.layout().length(key);
      if (static_cast<int>(key / 3) % store.num_ranks() == store.rank()) {
        worker.intent(std::array{key}, 0, 10);
        worker.set(std::array{key}, std::span(values).subspan(at, length));
      }
      at += length;
    }
    settle(worker);
  });
}

std::string complaint_of_load(Store<V>& store, const std::string& folder) {
  return message_of<CheckpointError>([&] { static_cast<void>(store.load(folder)); });
}

/// Saves distinct values on the first `saving` ranks.
template <class Element>
void save_on(int saving, const ValueLayout& layout, const std::string& folder) {
  const FirstRanks ranks(saving);
  if (!ranks.contain_this()) return;
  Store<Element> store(layout, options(), ranks.get());
  set_everywhere(store, distinct_values<Element>(layout));
  store.save(folder, "rank " + std::to_string(store.rank()));
}

/// Loads what save_on has saved.
template <class Element>
void load_from(Store<Element>& store, const std::string& folder, int saving) {
  CAPTURE(saving, store.num_ranks());
  const auto checkpoint = store.load(folder);
  REQUIRE(checkpoint);
  REQUIRE(checkpoint->states.size() == static_cast<std::size_t>(saving));
  CHECK(checkpoint->states.back() == "rank " + std::to_string(saving - 1));
  CHECK(all_values(store) == distinct_values<Element>(store.layout()));
  store.barrier();
}

template <class Element>
void load_on(int loading, const ValueLayout& layout, const std::string& folder, int saving) {
  const FirstRanks ranks(loading);
  if (!ranks.contain_this()) return;
  Store<Element> store(layout, options(), ranks.get());
  load_from(store, folder, saving);
}

TEST_CASE("integers saved on any number of ranks are the same, bit by bit, on any other") {
  const SharedFolder folder;
  const auto layout = ValueLayout::uniform(101, 7);
  const auto saved_by = [&](int ranks) { return folder.path("by-" + std::to_string(ranks)); };
  for (int saving = 1; saving <= world_size(); ++saving) save_on<V>(saving, layout, saved_by(saving));
  for (int loading = 1; loading <= world_size(); ++loading) {
    const FirstRanks ranks(loading);
    if (!ranks.contain_this()) continue;
    Store<V> store(layout, options(), ranks.get());
    for (int saving = 1; saving <= world_size(); ++saving) load_from(store, saved_by(saving), saving);
  }
}

TEST_CASE("so are values of different lengths, of more than a block, on fewer and on more ranks") {
  std::vector<std::uint32_t> lengths(60);
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = 1 + static_cast<std::uint32_t>(i * i * i % 50);
  lengths[7] = 300'000;
  const auto layout = ValueLayout::per_key(lengths);
  const SharedFolder folder;
  save_on<float>(world_size(), layout, folder.path());
  load_on<float>(1, layout, folder.path(), world_size());
  save_on<double>(1, layout, folder.path("double"));
  load_on<double>(world_size(), layout, folder.path("double"), 1);
}

/// One worker's pushes of ones, with intents, until `saving` is over; `acknowledged` counts those that are done.
void push_on(Worker<V>& worker, std::mt19937_64 random, std::vector<std::atomic<V>>& acknowledged,
             const std::atomic<bool>& saving) {
  while (saving) {
    const auto keys = distinct_keys(random, 3, acknowledged.size());
    worker.intent(keys, worker.current_clock() + 1, worker.current_clock() + 4);
    worker.wait(worker.push(keys, Values(6, 1)));
    for (const Key key : keys) ++acknowledged[key];
    worker.advance_clock();
  }
}

TEST_CASE("a checkpoint that is saved while workers push has all that was acknowledged before, and no half of a push") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  constexpr std::uint64_t num_keys = 40;
  constexpr std::size_t num_checkpoints = 6;
  const auto layout = ValueLayout::uniform(num_keys, 2);
  const SharedFolder folder;
  std::vector<std::vector<double>> at_least(num_checkpoints), at_most(num_checkpoints);
  const auto name = [&](std::size_t number) { return folder.path(std::to_string(number)); };
  {
    Store<V> store(layout, options());
    std::vector<std::atomic<V>> acknowledged(num_keys);
    std::atomic<bool> saving = true;
    std::jthread saver([&] {
      for (std::size_t i = 0; i < num_checkpoints; ++i) {
        at_least[i].assign(acknowledged.begin(), acknowledged.end());
        store.save(name(i));
        // Each worker may have one push under way.
        at_most[i].assign(acknowledged.begin(), acknowledged.end());
        for (double& count : at_most[i]) count += threads;
      }
      saving = false;
    });
    run_workers(store, threads,
                [&](Worker<V>& worker, int index) { push_on(worker, generator(index), acknowledged, saving); });
    saver.join();
    store.barrier();
    for (std::size_t i = 0; i < num_checkpoints; ++i) {
      store.allreduce(at_least[i]);
      store.allreduce(at_most[i]);
    }
  }
  Store<V> store(layout, options());
  for (std::size_t i = 0; i < num_checkpoints; ++i) {
    REQUIRE(store.load(name(i)));
    const Values values = all_values(store);
    store.barrier();
    for (Key key = 0; key < num_keys; ++key) {
      CHECK(values[2 * key] == values[2 * key + 1]);
      CHECK(static_cast<double>(values[2 * key]) >= at_least[i][key]);
      CHECK(static_cast<double>(values[2 * key]) <= at_most[i][key]);
    }
  }
}

TEST_CASE("workers meet in barriers and reduce while a checkpoint is saved") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(10, 1), options());
  std::jthread saver([&] {
    for (int i = 0; i < 5; ++i) store.save(folder.path());
  });
  const std::string findings = run_on_workers(store, 2, [&](Worker<V>& worker, int index, Findings& found) {
    for (int i = 0; i < scaled(50); ++i) {
      worker.barrier();
      double ones[] = {1};
      if (index == 0) store.allreduce(ones);
      found.expect(index != 0 || ones[0] == store.num_ranks(), "a wrong sum", ones[0]);
    }
  });
  saver.join();
  CHECK(findings == "");
}

TEST_CASE("load replaces what replicas have, and what was pushed to them before") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(4, 2), options());
  set_everywhere(store, Values(8, 5));
  store.save(folder.path());
  const std::string findings = run_on_workers(store, 1, [&](Worker<V>& worker, int, Findings& found) {
    worker.intent(all_keys(4), 0, clock_forever);
    worker.wait_sync();
    worker.barrier();
    worker.wait(worker.push(all_keys(4), Values(8, 1)));
    worker.barrier();
    static_cast<void>(store.load(folder.path()));
    found.expect(pull_now(worker, store.layout(), all_keys(4)) == Values(8, 5), "not what was saved");
    worker.barrier();
    worker.wait(worker.push(all_keys(4), Values(8, 1)));
    settle(worker);
    const Values sum(8, 5 + store.num_ranks());
    found.expect(pull_now(worker, store.layout(), all_keys(4)) == sum, "what was pushed afterwards is missing");
    worker.barrier();
  });
  CHECK(findings == "");
}

TEST_CASE("the newest checkpoints are kept, and a folder without one gives nothing") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(3, 1), options());
  CHECK_FALSE(store.load(folder.path("nothing")));
  CHECK_FALSE(store.load(folder.path()));
  for (std::uint64_t number = 1; number <= 5; ++number) CHECK(store.save(folder.path(), "", 3) == number);
  CHECK(std::filesystem::exists(folder.path("checkpoint-3")));
  CHECK_FALSE(std::filesystem::exists(folder.path("checkpoint-2")));
  store.barrier();
  const std::string all_bytes("\0\n\\\xff state", 10);
  store.save(folder.path(), all_bytes, 1);
  const auto checkpoint = store.load(folder.path());
  REQUIRE(checkpoint);
  CHECK(checkpoint->number == 6);
  CHECK(checkpoint->states == std::vector<std::string>(static_cast<std::size_t>(store.num_ranks()), all_bytes));
}

TEST_CASE("misuse of save is refused before any effect") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(3, 1), options());
  CHECK_THROWS_AS(store.save(folder.path(), std::string(max_state_bytes + 1, 'x')), UsageError);
  CHECK_THROWS_AS(store.save(folder.path(), "", 0), UsageError);
  CHECK(std::filesystem::is_empty(folder.path()));
  store.close();
  CHECK_THROWS_AS(store.save(folder.path()), UsageError);
  CHECK_THROWS_AS(store.load(folder.path()), UsageError);
}

TEST_CASE("a checkpoint of another layout is refused on all ranks, and the store goes on") {
  const SharedFolder folder;
  {
    Store<V> store(ValueLayout::uniform(6, 2), options());
    store.save(folder.path());
  }
  Store<V> longer(ValueLayout::uniform(6, 3), options());
  CHECK_THAT(complaint_of_load(longer, folder.path()), Contains("value length is 2 in the checkpoint and 3"));
  longer.close();
  Store<V> more(ValueLayout::uniform(7, 2), options());
  CHECK_THAT(complaint_of_load(more, folder.path()), Contains("number of keys is 6") && Contains("manifest"));
  set_everywhere(more, Values(14, 3));
  CHECK(all_values(more) == Values(14, 3));
  more.close();
  Store<float> other(ValueLayout::uniform(6, 2), options());
  CHECK_THROWS_AS(other.load(folder.path()), CheckpointError);
}

/// Damages a new checkpoint on rank 0 and says how all ranks complain when they load it.
template <class Damage>
std::string complaint_about_damaged(Store<V>& store, const std::string& folder, Damage damage) {
  const std::string checkpoint = folder + "/checkpoint-" + std::to_string(store.save(folder)) + "/";
  const std::string last_part = "part-" + std::to_string(store.num_ranks() - 1);
  if (store.rank() == 0) damage(checkpoint + "manifest", checkpoint + last_part);
  store.barrier();
  return complaint_of_load(store, folder);
}

void flip_a_bit(const std::string& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(150);
  const char byte = static_cast<char>(stream.get() ^ 4);
  stream.seekp(150);
  stream.put(byte);
}

TEST_CASE("a damaged checkpoint is refused on all ranks, with the file and what to do") {
  using std::filesystem::file_size;
  using std::filesystem::resize_file;
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(100, 2), options());
  const auto complaint = [&](auto damage) { return complaint_about_damaged(store, folder.path(), damage); };
  const std::string last_part = "part-" + std::to_string(world_size() - 1);
  CHECK_THAT(complaint([](const auto&, const auto& part) { resize_file(part, file_size(part) - 1); }),
             Contains(last_part + " is truncated") && Contains("remove"));
  CHECK_THAT(complaint([](const auto&, const auto& part) { std::filesystem::remove(part); }),
             Contains(last_part + ": No such file"));
  CHECK_THAT(complaint([](const auto&, const auto& part) { flip_a_bit(part); }),
             Contains(last_part + " is corrupted"));
  CHECK_THAT(complaint([](const auto& manifest, const auto&) { flip_a_bit(manifest); }),
             Contains("manifest is corrupted"));
  CHECK_THAT(complaint([](const auto& manifest, const auto&) { resize_file(manifest, 80); }),
             Contains("manifest is corrupted"));
  store.barrier();
  store.save(folder.path());  // the store goes on
  CHECK(store.load(folder.path()));
}

TEST_CASE("when a rank's disk is full there is no new checkpoint, the last one is intact, and the store goes on") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(1000, 50), options());
  set_everywhere(store, Values(50'000, 7));
  store.save(folder.path());
  set_everywhere(store, Values(50'000, 8));
  store.barrier();

  const bool full_here = store.rank() == store.num_ranks() - 1;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  const rlimit full{20'000, before.rlim_max};
  if (full_here) setrlimit(RLIMIT_FSIZE, &full);
  const std::string complaint = message_of<CheckpointError>([&] { store.save(folder.path()); });
  setrlimit(RLIMIT_FSIZE, &before);

  const std::string last = std::to_string(store.num_ranks() - 1);
  CHECK_THAT(complaint, Contains("rank " + last + ": cannot write " + folder.path("checkpoint-2.partial/part-" + last)));
  CHECK_THAT(complaint, Contains("make room there"));
  store.barrier();
  CHECK_FALSE(std::filesystem::exists(folder.path("checkpoint-2.partial")));
  CHECK(all_values(store) == Values(50'000, 8));
  store.barrier();
  CHECK(store.load(folder.path()));
  CHECK(all_values(store) == Values(50'000, 7));
  store.barrier();
  CHECK(store.save(folder.path()) == 2);
}

TEST_CASE("a folder that cannot be made is named") {
  const SharedFolder folder;
  if (world_rank() == 0) std::ofstream(folder.path("file")) << "no folder";
  MPI_Barrier(MPI_COMM_WORLD);
  Store<V> store(ValueLayout::uniform(3, 1), options());
  CHECK_THAT(message_of<CheckpointError>([&] { store.save(folder.path("file/below")); }), Contains("file/below"));
}

TEST_CASE("after a load workers draw other samples than before it") {
  const SharedFolder folder;
  Options naive = options();
  naive.sampling_scheme = SamplingScheme::naive;
  const auto drawn = [&](bool load) {
    Store<V> store(ValueLayout::uniform(100, 1), naive);
    store.set_distribution(std::make_shared<UniformDistribution>(0, 100));
    if (load) {
      store.load(folder.path());
    } else {
      store.save(folder.path());
    }
    Worker<V> worker(store);
    std::vector<Key> keys(30);
    Values values(30);
    worker.wait(worker.pull_sample(worker.prepare_sample(30, 0), keys, values));
    worker.barrier();
    return keys;
  };
  const auto before = drawn(false), after = drawn(true);
  CHECK(after != before);
  CHECK(after == drawn(true));
}

TEST_CASE("a worker that is given its generator and its clock goes on as if it had not ended") {
  constexpr Clock clock = 5;
  for (const SamplingScheme scheme : {SamplingScheme::naive, SamplingScheme::local}) {
    Options with_scheme = options();
    with_scheme.sampling_scheme = scheme;
    Store<V> store(ValueLayout::uniform(1000, 1), with_scheme);
    store.set_distribution(std::make_shared<UniformDistribution>(0, 1000));
    const auto draw = [&](Worker<V>& worker) {
      std::vector<Key> keys(10);
      Values values(10);
      worker.wait(worker.pull_sample(worker.prepare_sample(10, worker.current_clock()), keys, values));
      return keys;
    };
    std::optional<Worker<V>> worker(std::in_place, store);
    const Generator fresh = worker->sampling_generator();
    const std::vector<Key> first = draw(*worker);
    const Generator later = Generator::from(worker->sampling_generator().state());
    const std::vector<Key> second = draw(*worker);
    worker.emplace(store, clock);
    CHECK(worker->current_clock() == clock);
    worker->set_sampling_generator(later);
    CHECK(draw(*worker) == second);
    worker->set_sampling_generator(fresh);
    CHECK(draw(*worker) == first);
    worker->barrier();
  }
}

TEST_CASE("a rank that closes instead of saving does not let the others wait for ever") {
  if (world_size() == 1) return;
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(3, 1), options());
  if (store.rank() == 1) {
    store.close();
  } else {
    CHECK_THROWS_AS(store.save(folder.path()), UsageError);
    store.close();
  }
}

TEST_CASE("a failure ends a save that waits for other ranks") {
  const SharedFolder folder;
  Store<V> store(ValueLayout::uniform(3, 1), options());
  if (store.rank() == store.num_ranks() - 1) {
    store.fail("for a test");
  } else {
    CHECK_THROWS_AS(store.save(folder.path()), StoreFailure);
  }
  CHECK_THROWS_AS(store.close(), StoreFailure);
}

}  // namespace
}  // namespace adapm::test
