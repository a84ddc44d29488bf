// Uses a store until it is ended from outside, or breaks it.
//
//   endless_store work|barrier|idle|throw|allocate|grow DIRECTORY
//
// When the store is in use on all ranks, writes its process id to DIRECTORY/<rank>. `work`, `barrier` and `idle` say what the
// workers do. With the others they work until there is a file DIRECTORY/break; then rank 1's worker throws, or allocates
// memory until there is none, or signals intents on all keys, so that its part of the store grows.
// Ends with 4 and a message if the library throws.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "adapm/adapm.hpp"

namespace {

constexpr std::uint64_t num_keys = 20'000;
constexpr std::size_t length = 512;  // 41 MB in all

void announce(const std::filesystem::path& directory, int rank) {
  const std::filesystem::path file = directory / std::to_string(rank);
  std::ofstream(file.string() + ".part") << getpid() << '\n';
  std::filesystem::rename(file.string() + ".part", file);
}

class Program {
 public:
  Program(adapm::Worker<float>& worker, int rank, std::string mode, std::filesystem::path directory)
      : worker_(worker), rank_(rank), mode_(std::move(mode)), directory_(std::move(directory)) {}

  void run() {
    worker_.barrier();
    announce(directory_, rank_);
    if (mode_ == "barrier" && rank_ != 1) worker_.barrier();
    if (mode_ == "barrier" || mode_ == "idle") rest_for_ever();
    for (adapm::Key first = 0;; first = (first + 7) % 900) {
      work(first);
      if (rank_ == 1 && mode_ != "work" && std::filesystem::exists(directory_ / "break")) break_it();
    }
  }

 private:
  [[noreturn]] static void rest_for_ever() {
    for (;;) pause();
  }

  void work(adapm::Key first) {
    for (std::size_t i = 0; i < keys_.size(); ++i) keys_[i] = first + i;
    worker_.intent(keys_, worker_.current_clock() + 10);
    worker_.wait(worker_.push(keys_, values_));
    worker_.wait(worker_.pull(keys_, values_));
    worker_.advance_clock();
  }

  void break_it() {
    if (mode_ == "throw") throw std::runtime_error("thrown on purpose");
    if (mode_ == "allocate") {
      std::vector<std::vector<char>> memory;
      for (;;) memory.emplace_back(std::size_t{1} << 20U);
    }
    std::vector<adapm::Key> all(num_keys);
    for (adapm::Key key = 0; key < num_keys; ++key) all[key] = key;
    worker_.intent(all, worker_.current_clock(), adapm::clock_forever);
  }

  adapm::Worker<float>& worker_;
  const int rank_;
  const std::string mode_;
  const std::filesystem::path directory_;
  std::vector<adapm::Key> keys_ = std::vector<adapm::Key>(50);
  std::vector<float> values_ = std::vector<float>(50 * length, 1.0F);
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    adapm::Store<float> store(adapm::ValueLayout::uniform(num_keys, length), adapm::options_from_environment());
    adapm::run_workers(store, 1, [&](adapm::Worker<float>& worker, int) {
      Program(worker, store.rank(), argv[1], argv[2]).run();
    });
  } catch (const std::exception& error) {
    std::fprintf(stderr, "endless_store: %s\n", error.what());
    return 4;
  }
}
