// Local pull and push beside the physical limit, a bare gather and scatter-add over an array with the same prefetch:
// keys out of a million, one rank. Ratios within one run are what counts.
//
// Arguments of a benchmark: floats a key, keys a call, 1 for keys by Zipf's law with exponent 1 or 0 for uniform ones.
#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <adapm/adapm.hpp>
#include <cstring>
#include <new>
#include <numeric>
#include <vector>

#include "harness/key_stream.hpp"

namespace {

constexpr std::uint64_t num_keys = 1'000'000;
constexpr std::size_t keys_drawn = std::size_t{1} << 21U;  // then they repeat: more values than a cache has room for

std::vector<adapm::Key> draw(double zipf) {
  adapm::bench::KeyStream stream({num_keys, zipf, 0}, {}, 1, 0);
  std::vector<adapm::Key> keys(keys_drawn);
  stream.next(keys);
  return keys;
}

const std::vector<adapm::Key>& keys_of(bool zipf) {
  static const std::vector<adapm::Key> uniform = draw(0);
  static const std::vector<adapm::Key> skewed = draw(1);
  return zipf ? skewed : uniform;
}

adapm::Options quiet() {
  adapm::Options options;
  options.report = false;
  return options;
}

/// Zeros in huge pages where there are any, as the store's values are.
template <class T>
class Array {
 public:
  explicit Array(std::size_t length)
      : bytes_(length * sizeof(T)),
        data_(static_cast<T*>(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    if (data_ == MAP_FAILED) throw std::bad_alloc();
    madvise(data_, bytes_, MADV_HUGEPAGE);
    std::memset(data_, 0, bytes_);
  }
  ~Array() { munmap(data_, bytes_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  [[nodiscard]] T* data() const { return data_; }

 private:
  std::size_t bytes_;
  T* data_;
};

/// A store and an array of the same shape; the array's rows are as far apart as its values are long.
struct Data {
  explicit Data(std::size_t value_length)
      : length(value_length),
        store(adapm::ValueLayout::uniform(num_keys, length), quiet()),
        array(num_keys * length),
        index(num_keys) {
    std::iota(index.data(), index.data() + num_keys, std::uint64_t{0});
  }
  [[nodiscard]] float* row(std::uint64_t number) const { return array.data() + number * length; }

  const std::size_t length;
  adapm::Store<float> store;
  const Array<float> array;
  const Array<std::uint64_t> index;  // where each key's row is
};

Data& data_of(std::size_t length) {
  if (length == 16) {
    static Data short_rows(16);
    return short_rows;
  }
  static Data long_rows(128);
  return long_rows;
}

/// What one thread works with.
struct Thread {
  explicit Thread(const benchmark::State& state)
      : data(data_of(static_cast<std::size_t>(state.range(0)))),
        keys_per_call(static_cast<std::size_t>(state.range(1))),
        keys(keys_of(state.range(2) != 0)),
        at(keys_drawn / static_cast<std::size_t>(state.threads()) * static_cast<std::size_t>(state.thread_index())),
        values(keys_per_call * data.length, 1.0F),
        worker(data.store) {}

  adapm::KeySpan next_keys() {
    if (at + keys_per_call > keys_drawn) at = 0;
    at += keys_per_call;
    return {keys.data() + at - keys_per_call, keys_per_call};
  }

  Data& data;
  const std::size_t keys_per_call;
  const std::vector<adapm::Key>& keys;
  std::size_t at;
  std::vector<float> values;
  adapm::Worker<float> worker;
};

template <class Call>
void run(benchmark::State& state, Call call) {
  Thread thread(state);
  for (auto _ : state) call(thread, thread.next_keys());
  state.SetItemsProcessed(state.iterations() * state.range(1));
}

/// GCC leaves out __builtin_prefetch where it takes the function around it for one without effect: here.
inline void prefetch_line(const char* address) {
#if defined(__x86_64__)
  asm volatile("prefetcht0 %0" : : "m"(*address));
#else
  __builtin_prefetch(address);
#endif
}

template <class Row>
void for_each_row(Thread& thread, adapm::KeySpan keys, Row row) {
  constexpr std::size_t distance = 12;  // the store fetches 8 to 15 keys ahead, block by block
  const auto prefetch = [&](std::size_t i) {
    if (i >= keys.size()) return;
    const auto* bytes = reinterpret_cast<const char*>(thread.data.row(keys[i]));
    for (std::size_t offset = 0; offset < thread.data.length * sizeof(float); offset += 64)
      prefetch_line(bytes + offset);
  };
  for (std::size_t i = 0; i < distance; ++i) prefetch(i);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    prefetch(i + distance);
    row(thread.data.row(keys[i]), thread.values.data() + i * thread.data.length);
  }
}

void gather_rows(Thread& thread, adapm::KeySpan keys) {
  const std::size_t bytes = thread.data.length * sizeof(float);
  for_each_row(thread, keys, [bytes](const float* row, float* value) { std::memcpy(value, row, bytes); });
  benchmark::ClobberMemory();
}

void add_rows(Thread& thread, adapm::KeySpan keys) {
  const std::size_t length = thread.data.length;
  for_each_row(thread, keys, [length](float* __restrict row, const float* __restrict value) {
    for (std::size_t j = 0; j < length; ++j) row[j] += value[j];
  });
  benchmark::ClobberMemory();
}

/// The same where rows may be anywhere, as a store's values: an index says where.
void gather_rows_by_index(Thread& thread, adapm::KeySpan keys) {
  constexpr std::size_t distance = 12;
  const Data& data = thread.data;
  const std::uint64_t* const index = data.index.data();
  const std::size_t bytes = data.length * sizeof(float);
  const auto prefetch_index = [&](std::size_t i) {
    if (i < keys.size()) prefetch_line(reinterpret_cast<const char*>(&index[keys[i]]));
  };
  const auto prefetch_row = [&](std::size_t i) {
    if (i >= keys.size()) return;
    const auto* row = reinterpret_cast<const char*>(data.row(index[keys[i]]));
    for (std::size_t offset = 0; offset < bytes; offset += 64) prefetch_line(row + offset);
  };
  for (std::size_t i = 0; i < 2 * distance; ++i) prefetch_index(i);
  for (std::size_t i = 0; i < distance; ++i) prefetch_row(i);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    prefetch_index(i + 2 * distance);
    prefetch_row(i + distance);
    std::memcpy(thread.values.data() + i * data.length, data.row(index[keys[i]]), bytes);
  }
  benchmark::ClobberMemory();
}

void gather(benchmark::State& state) { run(state, gather_rows); }
void gather_by_index(benchmark::State& state) { run(state, gather_rows_by_index); }
void pull(benchmark::State& state) {
  run(state, [](Thread& thread, adapm::KeySpan keys) { thread.worker.pull(keys, thread.values); });
}
void scatter_add(benchmark::State& state) { run(state, add_rows); }
void push(benchmark::State& state) {
  run(state, [](Thread& thread, adapm::KeySpan keys) { thread.worker.push(keys, thread.values); });
}
void gather_scatter_add(benchmark::State& state) {
  run(state, [](Thread& thread, adapm::KeySpan keys) {
    gather_rows(thread, keys);
    add_rows(thread, keys);
  });
}
void pull_push(benchmark::State& state) {
  run(state, [](Thread& thread, adapm::KeySpan keys) {
    thread.worker.pull(keys, thread.values);
    thread.worker.push(keys, thread.values);
  });
}

void cases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"length", "batch", "zipf"});
  benchmark->ArgsProduct({{16, 128}, {1, 8, 64, 512}, {0, 1}})->Threads(1)->Threads(2)->UseRealTime();
}

BENCHMARK(gather)->Apply(cases);
BENCHMARK(gather_by_index)->Apply(cases);
BENCHMARK(pull)->Apply(cases);
BENCHMARK(scatter_add)->Apply(cases);
BENCHMARK(push)->Apply(cases);
BENCHMARK(gather_scatter_add)->Apply(cases);
BENCHMARK(pull_push)->Apply(cases);

}  // namespace

BENCHMARK_MAIN();
