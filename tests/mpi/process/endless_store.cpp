// Uses a store until it is killed.
//
//   endless_store work|barrier|idle DIRECTORY
//
// When the store is in use on all ranks, writes its process id to DIRECTORY/<rank>.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "adapm/adapm.hpp"

namespace {

void announce(const std::string& directory, int rank) {
  const std::filesystem::path file = std::filesystem::path(directory) / std::to_string(rank);
  std::ofstream(file.string() + ".part") << getpid() << '\n';
  std::filesystem::rename(file.string() + ".part", file);
}

void work_forever(adapm::Worker<float>& worker) {
  std::vector<adapm::Key> keys(50);
  std::vector<float> values(keys.size() * 8, 1.0F);
  for (adapm::Key first = 0;; first = (first + 7) % 900) {
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = first + i;
    worker.intent(keys, worker.current_clock() + 10);
    worker.push(keys, values);
    worker.wait(worker.pull(keys, values));
    worker.advance_clock();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string mode = argv[1];
  const std::string directory = argv[2];
  adapm::Store<float> store(adapm::ValueLayout::uniform(1000, 8), adapm::options_from_environment());
  adapm::run_workers(store, 1, [&](adapm::Worker<float>& worker, int) {
    worker.barrier();
    announce(directory, store.rank());
    if (mode == "work") work_forever(worker);
    if (mode == "barrier" && store.rank() != 1) worker.barrier();
    for (;;) pause();
  });
}
