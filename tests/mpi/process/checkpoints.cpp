// Saves checkpoints, or looks at the newest.
//
//   checkpoints save FOLDER [COUNT]   one after the other, for ever unless COUNT says how many
//   checkpoints check FOLDER          loads the newest and prints "checkpoint N is whole"
//
// In checkpoint N every value is N. Ends with 0, or with 3 and the library's message on every rank.
#include <mpi.h>

#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "adapm/adapm.hpp"

namespace {

using Store = adapm::Store<std::int64_t>;
using Worker = adapm::Worker<std::int64_t>;

constexpr std::uint64_t num_keys = 1000;
constexpr std::size_t length = 100;

void set_all(Store& store, std::int64_t value) {
  adapm::run_workers(store, 1, [&](Worker& worker, int) {
    const std::vector<std::int64_t> values(length, value);
    for (auto key = static_cast<adapm::Key>(store.rank()); key < num_keys; key += static_cast<adapm::Key>(store.num_ranks()))
      worker.set({&key, 1}, values);
    worker.wait_all();
    worker.barrier();
  });
}

void save(Store& store, const std::string& folder, std::int64_t count) {
  const auto saved = store.load(folder);
  std::int64_t next = 1 + (saved ? static_cast<std::int64_t>(saved->number) : 0);
  for (std::int64_t i = 0; i < count; ++i, ++next) {
    set_all(store, next);
    if (store.save(folder) != static_cast<std::uint64_t>(next)) throw std::runtime_error("it has another number");
    store.barrier();
  }
}

void check(Store& store, const std::string& folder) {
  const auto saved = store.load(folder);
  if (!saved) throw std::runtime_error("there is no checkpoint");
  adapm::run_workers(store, 1, [&](Worker& worker, int) {
    std::vector<std::int64_t> values(length);
    for (adapm::Key key = 0; key < num_keys; ++key) {
      worker.wait(worker.pull({&key, 1}, values));
      if (values != std::vector<std::int64_t>(length, static_cast<std::int64_t>(saved->number)))
        throw std::runtime_error("a key has not what was saved");
    }
    worker.barrier();
  });
  if (store.rank() == 0) std::printf("checkpoint %llu is whole\n", static_cast<unsigned long long>(saved->number));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string folder = argv[2];
  int code = 0;
  {
    Store store(adapm::ValueLayout::uniform(num_keys, length));
    try {
      if (std::string(argv[1]) == "check") {
        check(store, folder);
      } else {
        save(store, folder, argc > 3 ? std::stoll(argv[3]) : std::numeric_limits<std::int64_t>::max());
      }
    } catch (const std::exception& error) {
      std::fprintf(stderr, "rank %d: %s\n", store.rank(), error.what());
      code = 3;
    }
    store.barrier();  // mpiexec ends the other ranks as soon as one returns an error: let them all have their say
  }
  return code;
}
