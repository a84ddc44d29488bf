// Samples on real ranks: where their keys are when they are pulled, what values come with them, and misuse.
// What the schemes draw is tested without ranks.
#include <memory>
#include <numeric>
#include <set>

#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Keys = std::vector<Key>;
using Values = std::vector<std::int64_t>;

constexpr std::uint64_t num_keys = 120;
constexpr std::size_t length = 3;

Options with(SamplingScheme scheme) {
  Options result = options();
  result.sampling_scheme = scheme;
  return result;
}

/// Of `key`, at `place` of its value.
std::int64_t expected(Key key, std::size_t place) { return static_cast<std::int64_t>(key * 100 + place); }

void set_values(Worker<std::int64_t>& worker, const Store<std::int64_t>& store) {
  worker.begin_setup();
  for (auto key = static_cast<Key>(store.rank()); key < num_keys;
       key += static_cast<Key>(store.num_ranks())) {
    Values value(length);
    for (std::size_t i = 0; i < length; ++i) value[i] = expected(key, i);
    worker.wait(worker.set({&key, 1}, value));
  }
  worker.end_setup();
}

/// Keys that start on the next rank, other ones for each rank.
std::shared_ptr<const Distribution> keys_of_the_next_rank(const Store<std::int64_t>& store) {
  const auto ranks = static_cast<Key>(store.num_ranks());
  const std::vector<double> weights(num_keys / ranks, 1);
  return std::make_shared<AliasDistribution>(weights, (static_cast<Key>(store.rank()) + 1) % ranks, ranks);
}

std::shared_ptr<const Distribution> all_uniformly() {
  return std::make_shared<UniformDistribution>(0, num_keys);
}

/// Pulls the next `count` keys of a sample; `findings` gets values that are not their keys'.
Keys pull(Worker<std::int64_t>& worker, SampleId sample, std::size_t count, Findings& findings) {
  Keys keys(count, num_keys);
  Values values(count * length, -1);
  worker.wait(worker.pull_sample(sample, keys, values));
  for (std::size_t i = 0; i < values.size(); ++i)
    findings.expect(values[i] == expected(keys[i / length], i % length), "key", keys[i / length], "has",
                    values[i]);
  return keys;
}

AccessCounts pulled(const Store<std::int64_t>& store) { return store.statistics().pulled; }

TEST_CASE("samples have their keys' values, in pieces of any size, while keys move") {
  const SamplingScheme scheme =
      GENERATE(SamplingScheme::naive, SamplingScheme::preloc, SamplingScheme::pool, SamplingScheme::local);
  const int threads = GENERATE(1, 2);
  CAPTURE(static_cast<int>(scheme), threads);
  Options chosen = with(scheme);
  chosen.sampling_pool_size = 30;
  chosen.sampling_true_share = 0.3;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), chosen);
  store.set_distribution(all_uniformly());
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        if (index == 0) set_values(worker, store);
        if (index != 0) worker.begin_setup(), worker.end_setup();
        constexpr std::size_t keys = 20, ahead = 10;
        auto random = generator(index);
        std::deque<SampleId> prepared;
        for (int i = 0; i < scaled(200); ++i) {
          const Clock clock = worker.current_clock() + static_cast<Clock>(ahead);
          worker.intent(distinct_keys(random, 10, num_keys), clock);
          prepared.push_back(worker.prepare_sample(keys, clock, clock + 2));
          if (prepared.size() > ahead) {
            for (std::size_t left = keys, piece = 0; left > 0; left -= piece) {
              piece = 1 + static_cast<std::size_t>(below(random, left));
              pull(worker, prepared.front(), piece, found);
            }
            prepared.pop_front();
          }
          worker.advance_clock();
        }
        for (const SampleId id : prepared) worker.finish_sample(id);
        worker.barrier();
      });
  CHECK(findings == "");
}

TEST_CASE("preloc and pool bring a sample's keys here before it is pulled") {
  const SamplingScheme scheme = GENERATE(SamplingScheme::preloc, SamplingScheme::pool);
  CAPTURE(static_cast<int>(scheme));
  Options chosen = with(scheme);
  chosen.sampling_pool_size = 20;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), chosen);
  store.set_distribution(keys_of_the_next_rank(store));
  Worker<std::int64_t> worker(store);
  set_values(worker, store);
  Findings findings;
  std::vector<SampleId> prepared;
  for (int i = 0; i < 10; ++i) prepared.push_back(worker.prepare_sample(15, 5, 6));
  advance_to(worker, 5);
  settle(worker);
  for (const SampleId id : prepared) pull(worker, id, 15, findings);
  CHECK(findings.text() == "");
  const AccessCounts counts = pulled(store);
  CHECK(counts.total() == 150);
  CHECK(counts.remote + counts.neighbour == 0);
  CHECK((store.num_ranks() == 1 || store.statistics().intents >= 20));
  worker.barrier();
}

TEST_CASE("naive pulls what is elsewhere from there") {
  if (world_size() == 1) return;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), with(SamplingScheme::naive));
  store.set_distribution(keys_of_the_next_rank(store));
  Worker<std::int64_t> worker(store);
  set_values(worker, store);
  Findings findings;
  pull(worker, worker.prepare_sample(50, 0), 50, findings);
  CHECK(findings.text() == "");
  const AccessCounts counts = pulled(store);
  CHECK((keys_stay() ? counts.shared : counts.remote + counts.neighbour) == 50);
  CHECK(store.statistics().intents == 0);
  worker.barrier();
}

TEST_CASE("local never communicates where something is here") {
  const bool with_range = GENERATE(true, false);
  const bool with_replacement = GENERATE(true, false);
  CAPTURE(with_range, with_replacement);
  Options chosen = with(SamplingScheme::local);
  chosen.sampling_with_replacement = with_replacement;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), chosen);
  if (with_range)
    store.set_distribution(all_uniformly());
  else
    store.set_distribution(std::make_shared<AliasDistribution>(std::vector<double>(num_keys, 1)));
  Worker<std::int64_t> worker(store);
  set_values(worker, store);
  Findings findings;
  std::set<Key> seen;
  for (int i = 0; i < scaled(200); ++i)
    for (const Key key : pull(worker, worker.prepare_sample(10, i), 10, findings)) seen.insert(key);
  CHECK(findings.text() == "");
  const AccessCounts counts = pulled(store);
  CHECK(counts.local + counts.neighbour + counts.shared == static_cast<std::uint64_t>(scaled(200)) * 10);
  CHECK(counts.remote + counts.replica == 0);
  CHECK(store.statistics().intents == 0);
  std::set<Key> homes;
  for (const Key key : seen) homes.insert(key % static_cast<Key>(store.num_ranks()));
  if (store.options().one_host_per_rank)
    CHECK(homes == std::set<Key>{static_cast<Key>(store.rank())});
  else  // the memory of all ranks is as good
    CHECK(homes.size() == static_cast<std::size_t>(store.num_ranks()));
  worker.barrier();
}

TEST_CASE("where nothing is here local pulls what it has drawn") {
  if (world_size() == 1) return;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), with(SamplingScheme::local));
  store.set_distribution(keys_of_the_next_rank(store));
  Worker<std::int64_t> worker(store);
  set_values(worker, store);
  Findings findings;
  pull(worker, worker.prepare_sample(10, 0), 10, findings);
  CHECK(findings.text() == "");
  CHECK((keys_stay() ? pulled(store).shared : pulled(store).remote + pulled(store).neighbour) == 10);
  worker.barrier();
}

TEST_CASE("local samples what intents have put at hand as well as own keys") {
  if (world_size() == 1 || options().techniques == Techniques::relocation_only) return;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), with(SamplingScheme::local));
  store.set_distribution(all_uniformly());
  Worker<std::int64_t> worker(store);
  set_values(worker, store);
  worker.intent(all_keys(num_keys), 0, clock_forever);
  const std::uint64_t others = num_keys * static_cast<std::uint64_t>(store.num_ranks() - 1);
  Statistics total;
  do {  // keys may move before all ranks have asked for them
    settle(worker);
    total = store.total_statistics();
  } while (total.replicas_held + total.shares_held < others);
  Findings findings;
  std::set<Key> seen;
  for (const Key key : pull(worker, worker.prepare_sample(5000, 0), 5000, findings)) seen.insert(key);
  CHECK(findings.text() == "");
  CHECK(seen.size() == num_keys);
  worker.barrier();
  const AccessCounts counts = store.total_statistics().pulled;
  CHECK(counts.replica + counts.shared > 0);
  CHECK(counts.remote + counts.neighbour == 0);
  worker.barrier();
}

TEST_CASE("without replacement the keys of a sample are different") {
  const SamplingScheme scheme =
      GENERATE(SamplingScheme::naive, SamplingScheme::preloc, SamplingScheme::local);
  CAPTURE(static_cast<int>(scheme));
  Options chosen = with(scheme);
  chosen.sampling_with_replacement = false;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), chosen);
  store.set_distribution(all_uniformly());
  Worker<std::int64_t> worker(store);
  set_values(worker, store);
  Findings findings;
  const SampleId id = worker.prepare_sample(num_keys, 0);  // all of them, wherever they are
  std::set<Key> seen;
  for (int piece = 0; piece < 4; ++piece)
    for (const Key key : pull(worker, id, num_keys / 4, findings)) seen.insert(key);
  CHECK(findings.text() == "");
  CHECK(seen.size() == num_keys);
  CHECK_THROWS_AS(worker.prepare_sample(num_keys + 1, 0), UsageError);
  worker.barrier();
}

/// What the workers of this rank draw, by worker.
std::vector<Keys> drawn(std::uint64_t seed) {
  Options chosen = with(SamplingScheme::naive);
  chosen.sampling_seed = seed;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), chosen);
  store.set_distribution(all_uniformly());
  std::vector<Keys> keys(2, Keys(30));
  run_workers(store, 2, [&](Worker<std::int64_t>& worker, int index) {
    Values values(30 * length);
    worker.wait(
        worker.pull_sample(worker.prepare_sample(30, 0), keys[static_cast<std::size_t>(index)], values));
    worker.barrier();
  });
  return keys;
}

TEST_CASE("what a worker draws follows from the seed, its rank and its number") {
  const std::vector<Keys> first = drawn(5);
  CHECK(first == drawn(5));
  CHECK(first != drawn(6));
  CHECK(first[0] != first[1]);
  std::array<std::uint64_t, 2> of_rank_0{first[0][0] * num_keys + first[0][1],
                                         first[0][2] * num_keys + first[0][3]};
  MPI_Bcast(of_rank_0.data(), 2, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  const bool same = of_rank_0[0] == first[0][0] * num_keys + first[0][1] &&
                    of_rank_0[1] == first[0][2] * num_keys + first[0][3];
  CHECK(same == (world_rank() == 0));
}

TEST_CASE("a store has to be told what to sample from, in time") {
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), with(SamplingScheme::local));
  Worker<std::int64_t> worker(store);
  CHECK_THROWS_WITH(worker.prepare_sample(3, 0), Catch::Contains("set_distribution"));
  CHECK_THROWS_AS(store.set_distribution(nullptr), UsageError);
  CHECK_THROWS_AS(store.set_distribution(std::make_shared<UniformDistribution>(0, num_keys + 1)), UsageError);
  store.set_distribution(all_uniformly());
  store.set_distribution(keys_of_the_next_rank(store));  // nobody has sampled yet
  worker.finish_sample(worker.prepare_sample(3, 0));
  CHECK_THROWS_WITH(store.set_distribution(all_uniformly()), Catch::Contains("cannot be changed"));
  store.barrier();
}

TEST_CASE("misuse of samples is refused without effect") {
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, length), with(SamplingScheme::local));
  store.set_distribution(all_uniformly());
  Worker<std::int64_t> worker(store);
  Keys keys(4);
  Values values(4 * length);
  CHECK_THROWS_AS(worker.prepare_sample(3, 5, 5), UsageError);
  const SampleId id = worker.prepare_sample(4, 0);
  CHECK_THROWS_AS(worker.pull_sample(id, keys, std::span(values).first(4 * length - 1)), UsageError);
  CHECK_THROWS_AS(worker.pull_sample(id, std::span(keys).first(2), values), UsageError);
  CHECK_THROWS_AS(worker.pull_sample(SampleId{77}, keys, values), UsageError);
  CHECK_THROWS_AS(worker.finish_sample(SampleId{77}), UsageError);
  CHECK_NOTHROW(worker.wait(worker.pull_sample(id, keys, values)));
  CHECK_THROWS_AS(worker.pull_sample(id, std::span(keys).first(1), std::span(values).first(length)),
                  UsageError);
  CHECK_NOTHROW(worker.finish_sample(id));
  store.close();
  CHECK_THROWS_AS(worker.prepare_sample(1, 0), UsageError);
  CHECK_THROWS_AS(store.set_distribution(all_uniformly()), UsageError);
}

TEST_CASE("samples of values of one length can be drawn from a store of several") {
  std::vector<std::uint32_t> lengths(num_keys, 1);
  std::fill(lengths.begin() + 40, lengths.begin() + 80, 7U);
  Store<std::int64_t> store(ValueLayout::per_key(lengths), with(SamplingScheme::local));
  CHECK_THROWS_WITH(store.set_distribution(std::make_shared<UniformDistribution>(30, 50)),
                    Catch::Contains("same length"));
  store.set_distribution(std::make_shared<UniformDistribution>(40, 80));
  Worker<std::int64_t> worker(store);
  Keys keys(10);
  Values values(70);
  worker.wait(worker.pull_sample(worker.prepare_sample(10, 0), keys, values));
  for (const Key key : keys) CHECK((40 <= key && key < 80));
  worker.barrier();
}

TEST_CASE("a store whose sampling options contradict each other does not open") {
  Options chosen = with(SamplingScheme::pool);
  chosen.sampling_with_replacement = false;
  CHECK_THROWS_WITH(Store<float>(ValueLayout::uniform(10, 1), chosen), Catch::Contains("with_replacement"));
}

}  // namespace
}  // namespace adapm::test
