// Saves and loads checkpoints, and says at what rate; checkpoint.sh compares that with dd.
//
//   mpirun -n 2 bench_checkpoint --folder /scratch/bench --keys 1000000 --length 128 --threads 1
//
// With --threads, workers pull and push batches of random keys all the while, and their rate is given, too: before a
// checkpoint and while it is saved.
#include <adapm/adapm.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"
#include "harness/key_stream.hpp"

namespace {

using Store = adapm::Store<float>;
using Worker = adapm::Worker<float>;
using SteadyClock = std::chrono::steady_clock;

struct CheckpointOptions {
  std::string folder;
  std::int64_t keys = 1'000'000;
  std::int64_t length = 128;
  std::int64_t times = 3;
  std::int64_t threads = 0;
  adapm::Options store;

  [[nodiscard]] double megabytes() const { return static_cast<double>(keys * length) * sizeof(float) / 1e6; }
};

bool parse(CheckpointOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_checkpoint", "at what rate checkpoints are saved and loaded");
  line.group("Data")
      .add("folder", "where to; what is there is removed", o.folder, "FOLDER")
      .add("keys", "keys in the store", o.keys, {1, std::int64_t{1} << 31})
      .add("length", "floats a key", o.length, {1, 1 << 20})
      .add("times", "checkpoints", o.times, {1, 1000})
      .add("threads", "workers a rank that pull and push meanwhile", o.threads, {0, 1024});
  line.add_store_options(o.store);
  return line.parse(argc, argv);
}

double seconds_of(const std::function<void()>& action) {
  const auto started = SteadyClock::now();
  action();
  return std::chrono::duration<double>(SteadyClock::now() - started).count();
}

void access(Worker& worker, const CheckpointOptions& options, std::uint64_t number,
            std::atomic<std::uint64_t>& accessed, const std::atomic<bool>& over) {
  constexpr std::size_t batch = 64;
  adapm::bench::KeyStream stream({static_cast<std::uint64_t>(options.keys), 0, 0}, {}, 1, number);
  std::vector<adapm::Key> keys(batch);
  std::vector<float> values(batch * static_cast<std::size_t>(options.length));
  while (!over) {
    stream.next(keys);
    worker.wait(worker.pull(keys, values));
    worker.wait(worker.push(keys, values));
    accessed += batch;
  }
}

/// Saves as often as asked for; the workers' rate is that of rank 0.
void save(Store& store, const CheckpointOptions& options, const std::atomic<std::uint64_t>& accessed) {
  const auto rate_during = [&](const std::function<void()>& action) {
    const std::uint64_t before = accessed;
    const double seconds = seconds_of(action);
    return std::pair(seconds, static_cast<double>(accessed - before) / seconds);
  };
  for (std::int64_t i = 0; i < options.times; ++i) {
    const auto [pause, rate_without] =
        rate_during([&] { std::this_thread::sleep_for(std::chrono::milliseconds(options.threads > 0 ? 500 : 0)); });
    const auto [seconds, rate] = rate_during([&] { store.save(options.folder); });
    if (store.rank() != 0) continue;
    std::printf("saved %.0f MB in %.3f s: %.0f MB/s", options.megabytes(), seconds, options.megabytes() / seconds);
    if (options.threads > 0) std::printf("; workers' keys/s: %.3g before, %.3g meanwhile", rate_without, rate);
    std::printf("\n");
  }
}

int run(const CheckpointOptions& options) {
  Store store(
      adapm::ValueLayout::uniform(static_cast<std::uint64_t>(options.keys), static_cast<std::size_t>(options.length)),
      options.store);
  if (store.rank() == 0) std::filesystem::remove_all(options.folder);
  store.barrier();
  std::atomic<std::uint64_t> accessed{0};
  std::atomic<bool> over{false};
  {
    std::jthread saver([&] {
      save(store, options, accessed);
      over = true;
    });
    adapm::run_workers(store, static_cast<int>(options.threads), [&](Worker& worker, int index) {
      access(worker, options, static_cast<std::uint64_t>(store.rank() * options.threads + index), accessed, over);
    });
  }
  const double seconds = seconds_of([&] { store.load(options.folder); });
  if (store.rank() == 0) std::printf("loaded in %.3f s: %.0f MB/s\n", seconds, options.megabytes() / seconds);
  store.barrier();
  if (store.rank() == 0) std::filesystem::remove_all(options.folder);
  store.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_checkpoint", [&] {
    CheckpointOptions options;
    if (!parse(options, argc, argv)) return 0;
    if (options.folder.empty()) throw adapm::ConfigurationError("--folder is missing: it says where to save to");
    return run(options);
  });
}
