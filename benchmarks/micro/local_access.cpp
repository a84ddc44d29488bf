// Local pull and push beside the physical limit, a bare gather and scatter-add over an array with the same prefetch:
// a million keys that the rank owns. Ratios within one run are what counts.
//
// On one rank keys never move, and the store need not look up where they are. Under mpirun with several, each counts as
// a host of its own, so keys could move: the first rank accesses those that it has, the others have nothing to do.
//
// Arguments of a benchmark: floats a key, keys a call, 1 for keys by Zipf's law with exponent 1 or 0 for uniform ones.
#include <benchmark/benchmark.h>
#include <mpi.h>
#include <sys/mman.h>

#include <adapm/adapm.hpp>
#include <cstring>
#include <new>
#include <numeric>
#include <span>
#include <vector>

#include "harness/key_stream.hpp"

namespace {

constexpr std::uint64_t num_keys = 1'000'000;              // a rank
constexpr std::size_t keys_drawn = std::size_t{1} << 21U;  // then they repeat: more values than a cache has room for

std::vector<std::uint64_t> draw_rows(double zipf) {
  std::vector<std::uint64_t> rows(keys_drawn);
  adapm::bench::KeyStream({num_keys, zipf, 0}, {}, 1, 0).next(rows);
  return rows;
}

using Rows = std::span<const std::uint64_t>;

/// What is drawn: rows of the array, and the store's keys, which are those that have their home at the first rank.
struct Drawn {
  std::vector<std::uint64_t> rows;
  std::vector<adapm::Key> keys;
};

Drawn draw(double zipf, int num_ranks) {
  Drawn drawn{draw_rows(zipf), {}};
  for (const std::uint64_t row : drawn.rows) drawn.keys.push_back(row * static_cast<adapm::Key>(num_ranks));
  return drawn;
}

adapm::Options options() {
  adapm::Options options;
  options.report = false;
  options.one_host_per_rank = true;
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
  Data(std::size_t value_length, int num_ranks)
      : length(value_length),
        store(adapm::ValueLayout::uniform(num_keys * static_cast<adapm::Key>(num_ranks), length), options()),
        array(store.rank() == 0 ? num_keys * length : 1),
        index(num_keys) {
    std::iota(index.data(), index.data() + num_keys, std::uint64_t{0});
  }
  [[nodiscard]] float* row(std::uint64_t number) const { return array.data() + number * length; }

  const std::size_t length;
  adapm::Store<float> store;
  const Array<float> array;
  const Array<std::uint64_t> index;  // where each key's row is
};

struct Everything {
  explicit Everything(int ranks)
      : short_rows(16, ranks), long_rows(128, ranks), uniform(draw(0, ranks)), zipf(draw(1, ranks)) {}
  Data short_rows, long_rows;
  Drawn uniform, zipf;
};
Everything* everything = nullptr;  // main's

/// What one thread works with.
struct Thread {
  explicit Thread(const benchmark::State& state)
      : data(state.range(0) == 16 ? everything->short_rows : everything->long_rows),
        keys_per_call(static_cast<std::size_t>(state.range(1))),
        drawn(state.range(2) != 0 ? everything->zipf : everything->uniform),
        at(keys_drawn / static_cast<std::size_t>(state.threads()) * static_cast<std::size_t>(state.thread_index())),
        values(keys_per_call * data.length, 1.0F),
        worker(data.store) {}

  /// The next of a call: of `all`, the drawn rows or keys.
  Rows next(const std::vector<std::uint64_t>& all) {
    if (at + keys_per_call > keys_drawn) at = 0;
    at += keys_per_call;
    return {all.data() + at - keys_per_call, keys_per_call};
  }

  Data& data;
  const std::size_t keys_per_call;
  const Drawn& drawn;
  std::size_t at;
  std::vector<float> values;
  adapm::Worker<float> worker;
};

template <class Call>
void run(benchmark::State& state, Call call) {
  Thread thread(state);
  for (auto _ : state) call(thread);
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
void for_each_row(Thread& thread, Rows rows, Row row) {
  constexpr std::size_t distance = 12;  // as far ahead as the store fetches values
  const auto prefetch = [&](std::size_t i) {
    if (i >= rows.size()) return;
    const auto* bytes = reinterpret_cast<const char*>(thread.data.row(rows[i]));
    for (std::size_t offset = 0; offset < thread.data.length * sizeof(float); offset += 64)
      prefetch_line(bytes + offset);
  };
  for (std::size_t i = 0; i < distance; ++i) prefetch(i);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    prefetch(i + distance);
    row(thread.data.row(rows[i]), thread.values.data() + i * thread.data.length);
  }
}

void gather_rows(Thread& thread, Rows rows) {
  const std::size_t bytes = thread.data.length * sizeof(float);
  for_each_row(thread, rows, [bytes](const float* row, float* value) { std::memcpy(value, row, bytes); });
  benchmark::ClobberMemory();
}

void add_rows(Thread& thread, Rows rows) {
  const std::size_t length = thread.data.length;
  for_each_row(thread, rows, [length](float* __restrict row, const float* __restrict value) {
    for (std::size_t j = 0; j < length; ++j) row[j] += value[j];
  });
  benchmark::ClobberMemory();
}

/// The same where rows may be anywhere, as a store's values: an index says where.
void gather_rows_by_index(Thread& thread, Rows rows) {
  constexpr std::size_t distance = 12;
  const Data& data = thread.data;
  const std::uint64_t* const index = data.index.data();
  const std::size_t bytes = data.length * sizeof(float);
  const auto prefetch_index = [&](std::size_t i) {
    if (i < rows.size()) prefetch_line(reinterpret_cast<const char*>(&index[rows[i]]));
  };
  const auto prefetch_row = [&](std::size_t i) {
    if (i >= rows.size()) return;
    const auto* row = reinterpret_cast<const char*>(data.row(index[rows[i]]));
    for (std::size_t offset = 0; offset < bytes; offset += 64) prefetch_line(row + offset);
  };
  for (std::size_t i = 0; i < 2 * distance; ++i) prefetch_index(i);
  for (std::size_t i = 0; i < distance; ++i) prefetch_row(i);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    prefetch_index(i + 2 * distance);
    prefetch_row(i + distance);
    std::memcpy(thread.values.data() + i * data.length, data.row(index[rows[i]]), bytes);
  }
  benchmark::ClobberMemory();
}

/// Of the next rows of the array.
template <void (*access)(Thread&, Rows)>
void bare(benchmark::State& state) {
  run(state, [](Thread& thread) { access(thread, thread.next(thread.drawn.rows)); });
}
void gather(benchmark::State& state) { bare<gather_rows>(state); }
void gather_by_index(benchmark::State& state) { bare<gather_rows_by_index>(state); }
void scatter_add(benchmark::State& state) { bare<add_rows>(state); }
void gather_scatter_add(benchmark::State& state) {
  run(state, [](Thread& thread) {
    const Rows rows = thread.next(thread.drawn.rows);
    gather_rows(thread, rows);
    add_rows(thread, rows);
  });
}

void pull(benchmark::State& state) {
  run(state, [](Thread& thread) { thread.worker.pull(thread.next(thread.drawn.keys), thread.values); });
}
void push(benchmark::State& state) {
  run(state, [](Thread& thread) { thread.worker.push(thread.next(thread.drawn.keys), thread.values); });
}
void pull_push(benchmark::State& state) {
  run(state, [](Thread& thread) {
    const adapm::KeySpan keys = thread.next(thread.drawn.keys);
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

/// Several ranks begin and end together; the first measures.
int main(int argc, char** argv) {
  int thread_level = 0, ranks = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &thread_level);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  benchmark::Initialize(&argc, argv);
  int status = benchmark::ReportUnrecognizedArguments(argc, argv) ? 2 : 0;
  if (status == 0) {
    Everything all(ranks);
    everything = &all;
    if (all.short_rows.store.rank() == 0) benchmark::RunSpecifiedBenchmarks();
  }
  MPI_Finalize();
  return status;
}
