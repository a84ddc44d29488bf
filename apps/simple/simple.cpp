// The smallest useful program: every worker of every rank announces, adds to and reads the same few keys.
//
//   mpirun -n 2 simple --num_threads 2
//
// In iteration x each worker pushes {1, 2, ..., v} to key x. What a pull returns meanwhile depends on how
// many of the others have got that far; after `wait_sync` and a barrier it is the same everywhere, and the
// program checks it.
#include <adapm/adapm.hpp>
#include <atomic>
#include <iostream>
#include <numeric>
#include <sstream>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"

namespace {

using adapm::Key;

struct SimpleOptions {
  std::int64_t num_keys = 10;
  std::int64_t num_threads = 2;
  std::int64_t num_iterations = 4;
  std::int64_t num_values_per_key = 3;
  adapm::Options store;
};

bool parse(SimpleOptions& options, int argc, char** argv) {
  adapm::apps::CommandLine command_line("simple", "several workers add to the same keys, and check the sum");
  command_line.group("Options")
      .add("num_keys,k", "keys in the store", options.num_keys, {1, 1 << 30})
      .add("num_threads,t", "workers per rank", options.num_threads, {1, 1024})
      .add("num_iterations,i", "iterations; iteration x uses key x", options.num_iterations, {0, 1 << 30})
      .add("num_values_per_key,v", "length of a value", options.num_values_per_key, {1, 1 << 24})
      .add_store_options(options.store);
  if (!command_line.parse(argc, argv)) return false;
  if (options.num_iterations > options.num_keys) {
    throw adapm::apps::CommandLineError(
        "--num_iterations must not be above --num_keys: iteration x uses key x");
  }
  return true;
}

void print(Key key, int worker, const std::vector<double>& values) {
  std::ostringstream line;
  line << "Key " << key << " in worker " << worker << ":";
  for (const double value : values) line << ' ' << value;
  line << '\n';
  std::cout << line.str() << std::flush;
}

/// Returns how many keys have another value than the one that all workers' pushes add up to.
int count_wrong(adapm::Worker<double>& worker, const SimpleOptions& options, int num_workers) {
  std::vector<double> value(static_cast<std::size_t>(options.num_values_per_key));
  int wrong = 0;
  for (Key key = 0; key < static_cast<Key>(options.num_keys); ++key) {
    worker.wait(worker.pull({&key, 1}, value));
    const bool used = key < static_cast<Key>(options.num_iterations);
    bool right = true;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const double expected = used ? num_workers * static_cast<double>(i + 1) : 0;
      right = right && value[i] == expected;
    }
    if (!right) ++wrong;
  }
  return wrong;
}

int run(const SimpleOptions& options) {
  const auto length = static_cast<std::size_t>(options.num_values_per_key);
  const auto num_threads = static_cast<int>(options.num_threads);
  adapm::Store<double> store(
      adapm::ValueLayout::uniform(static_cast<std::uint64_t>(options.num_keys), length), options.store);
  const int num_workers = store.num_ranks() * num_threads;
  std::atomic<int> wrong = 0;

  adapm::run_workers(store, num_threads, [&](adapm::Worker<double>& worker, int index) {
    std::vector<double> update(length);
    std::iota(update.begin(), update.end(), 1.0);
    std::vector<double> value(length);
    for (Key key = 0; key < static_cast<Key>(options.num_iterations); ++key) {
      worker.intent({&key, 1}, worker.current_clock());
      worker.wait(worker.push({&key, 1}, update));
      worker.wait(worker.pull({&key, 1}, value));
      print(key, store.rank() * num_threads + index, value);
      worker.advance_clock();
    }
    worker.wait_sync();
    worker.barrier();
    wrong += count_wrong(worker, options, num_workers);
  });
  store.close();

  if (wrong != 0) {
    std::cerr << "simple: " << wrong << " keys on rank " << store.rank()
              << " are not the sum of all pushes\n";
    return 1;
  }
  if (store.rank() == 0)
    std::cout << "All keys hold the sum of all pushes of " << num_workers << " workers.\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("simple", [&] {
    SimpleOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
