// Local pull and push beside the physical limit, a bare gather and scatter-add over an array with the same prefetch:
// random keys out of a million, 64 a call, one rank. Ratios within one run are what counts.
#include <adapm/adapm.hpp>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

namespace {

constexpr std::uint64_t num_keys = 1'000'000;
constexpr std::size_t keys_per_call = 64;
constexpr std::size_t calls = 4096;  // then the keys repeat

/// Random keys for all calls, back to back.
const std::vector<adapm::Key>& random_keys() {
  static const std::vector<adapm::Key> keys = [] {
    std::mt19937_64 random(1);
    std::vector<adapm::Key> drawn(keys_per_call * calls);
    for (adapm::Key& key : drawn) key = random() % num_keys;
    return drawn;
  }();
  return keys;
}

adapm::KeySpan keys_of_call(std::size_t call) {
  return {random_keys().data() + call % calls * keys_per_call, keys_per_call};
}

adapm::Options quiet() {
  adapm::Options options;
  options.report = false;
  return options;
}

/// A store and an array of the same shape; the array's rows are as far apart as its values are long.
struct Fixture {
  explicit Fixture(std::size_t value_length)
      : length(value_length),
        store(adapm::ValueLayout::uniform(num_keys, value_length), quiet()),
        worker(store),
        array(num_keys * value_length),
        values(keys_per_call * value_length, 1.0F) {}

  void prefetch_row(adapm::Key key) const {
    const auto* row = reinterpret_cast<const char*>(array.data() + key * length);
    for (std::size_t offset = 0; offset < length * sizeof(float); offset += 64) __builtin_prefetch(row + offset);
  }

  const std::size_t length;
  adapm::Store<float> store;
  adapm::Worker<float> worker;
  std::vector<float> array;
  std::vector<float> values;
};

Fixture& fixture(benchmark::State& state) {
  static std::unique_ptr<Fixture> current;
  const auto length = static_cast<std::size_t>(state.range(0));
  if (!current || current->length != length) {
    current.reset();
    current = std::make_unique<Fixture>(length);
  }
  return *current;
}

template <class Call>
void run(benchmark::State& state, Call call) {
  Fixture& f = fixture(state);
  std::size_t i = 0;
  for (auto _ : state) call(f, keys_of_call(i++));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(keys_per_call));
}

template <class Row>
void for_each_row(Fixture& f, adapm::KeySpan keys, Row row) {
  constexpr std::size_t distance = 6;
  for (std::size_t i = 0; i < distance; ++i) f.prefetch_row(keys[i]);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + distance < keys.size()) f.prefetch_row(keys[i + distance]);
    row(f.array.data() + keys[i] * f.length, f.values.data() + i * f.length);
  }
}

void gather(benchmark::State& state) {
  run(state, [](Fixture& f, adapm::KeySpan keys) {
    for_each_row(f, keys, [&](float* row, float* value) { std::memcpy(value, row, f.length * sizeof(float)); });
    benchmark::ClobberMemory();
  });
}
void pull(benchmark::State& state) {
  run(state, [](Fixture& f, adapm::KeySpan keys) { f.worker.pull(keys, f.values); });
}
void scatter_add(benchmark::State& state) {
  run(state, [](Fixture& f, adapm::KeySpan keys) {
    for_each_row(f, keys, [&](float* __restrict row, const float* __restrict value) {
      for (std::size_t j = 0; j < f.length; ++j) row[j] += value[j];
    });
    benchmark::ClobberMemory();
  });
}
void push(benchmark::State& state) {
  run(state, [](Fixture& f, adapm::KeySpan keys) { f.worker.push(keys, f.values); });
}

#define AT_BOTH_LENGTHS Arg(16)->Arg(128)->Repetitions(5)->ReportAggregatesOnly()
BENCHMARK(gather)->AT_BOTH_LENGTHS;
BENCHMARK(pull)->AT_BOTH_LENGTHS;
BENCHMARK(scatter_add)->AT_BOTH_LENGTHS;
BENCHMARK(push)->AT_BOTH_LENGTHS;

}  // namespace

BENCHMARK_MAIN();
