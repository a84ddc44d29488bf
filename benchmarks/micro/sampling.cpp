// The cost of samples on one rank, by scheme: 10 keys each, of values of 128 floats, prepared 1000 samples
// ahead. Beside it what a program would do by itself: draw, and pull what was drawn. The time is a sample's.
#include <benchmark/benchmark.h>

#include <adapm/adapm.hpp>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr std::size_t value_length = 128;
constexpr std::size_t keys_per_sample = 10;
constexpr std::size_t ahead = 1000;

using Distributions = std::array<std::shared_ptr<const adapm::Distribution>, 3>;

/// Uniform, log-uniform, and unigram^0.75 of words of Zipf's law.
Distributions distributions(adapm::Key num_keys) {
  std::vector<double> weights;
  for (adapm::Key key = 0; key < num_keys; ++key) weights.push_back(std::pow(1.0 / static_cast<double>(key + 1), 0.75));
  return {std::make_shared<adapm::UniformDistribution>(0, num_keys),
          std::make_shared<adapm::LogUniformDistribution>(0, num_keys),
          std::make_shared<adapm::AliasDistribution>(weights)};
}

struct Fixture {
  Fixture(adapm::Key num_keys, const adapm::Options& options, std::size_t which)
      : distribution(distributions(num_keys).at(which)),
        store(adapm::ValueLayout::uniform(num_keys, value_length), options) {
    store.set_distribution(distribution);
    worker = std::make_unique<adapm::Worker<float>>(store);
  }

  std::shared_ptr<const adapm::Distribution> distribution;
  adapm::Store<float> store;
  std::unique_ptr<adapm::Worker<float>> worker;
  std::vector<adapm::Key> keys = std::vector<adapm::Key>(keys_per_sample);
  std::vector<float> values = std::vector<float>(keys_per_sample * value_length);
};

/// Arguments: number of keys, distribution.
Fixture fixture(const benchmark::State& state, const std::string& scheme) {
  adapm::Options options;
  options.report = false;
  adapm::set_option(options, "sys.sampling.scheme", scheme);
  return {static_cast<adapm::Key>(state.range(0)), options, static_cast<std::size_t>(state.range(1))};
}

void count_keys(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(keys_per_sample));
}

void by_hand(benchmark::State& state) {
  Fixture f = fixture(state, "naive");
  adapm::Generator random({1});
  for (auto _ : state) {
    for (adapm::Key& key : f.keys) key = f.distribution->draw(random);
    f.worker->wait(f.worker->pull(f.keys, f.values));
  }
  count_keys(state);
}

void sample(benchmark::State& state, const std::string& scheme) {
  Fixture f = fixture(state, scheme);
  std::vector<adapm::SampleId> prepared(ahead);
  adapm::Clock clock = 0;
  const auto prepare = [&] { return f.worker->prepare_sample(keys_per_sample, clock++); };
  for (adapm::SampleId& id : prepared) id = prepare();
  std::size_t next = 0;
  for (auto _ : state) {
    f.worker->wait(f.worker->pull_sample(prepared[next], f.keys, f.values));
    prepared[next] = prepare();
    next = (next + 1) % ahead;
  }
  count_keys(state);
}

#define AT_ALL_SIZES Args({15'000, 0})->Args({15'000, 1})->Args({15'000, 2})->Args({1'000'000, 0})
BENCHMARK(by_hand)->AT_ALL_SIZES;
BENCHMARK_CAPTURE(sample, naive, "naive")->AT_ALL_SIZES;
BENCHMARK_CAPTURE(sample, preloc, "preloc")->AT_ALL_SIZES;
BENCHMARK_CAPTURE(sample, pool, "pool")->AT_ALL_SIZES;
BENCHMARK_CAPTURE(sample, local, "local")->AT_ALL_SIZES;

}  // namespace

BENCHMARK_MAIN();
