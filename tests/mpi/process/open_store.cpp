// Opens a store as the environment says, uses it, closes it.
//
//   open_store [INIT [NUM_KEYS [LENGTH]]]
//
// With $NO_THREADS_ON=R rank R can start no thread any more.
//
// INIT: who initialises MPI: `library` (default), or this program with the level `single`, `funneled`, `serialized` or
// `multiple`. Writes "ok" or the error to the file $OUTCOME.<rank>; ends with 0, or 3 if the library threw.
#include <mpi.h>
#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "adapm/adapm.hpp"

namespace {

void initialise(const std::string& who) {
  if (who == "library") return;
  const std::map<std::string, int> levels{{"single", MPI_THREAD_SINGLE},
                                          {"funneled", MPI_THREAD_FUNNELED},
                                          {"serialized", MPI_THREAD_SERIALIZED},
                                          {"multiple", MPI_THREAD_MULTIPLE}};
  int granted = 0;
  MPI_Init_thread(nullptr, nullptr, levels.at(who), &granted);
}

/// No address space has room for the stacks of further threads.
void forbid_threads(const char* rank) {
  adapm::initialize_mpi();
  int own = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &own);
  if (own != std::atoi(rank)) return;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{1} << 48U);
  pthread_setattr_default_np(&attributes);
}

/// Throws if a pull finds anything else than every rank's push.
void use_store(std::uint64_t num_keys, std::size_t length) {
  adapm::Store<float> store(adapm::ValueLayout::uniform(num_keys, length), adapm::options_from_environment());
  adapm::run_workers(store, 1, [&](adapm::Worker<float>& worker, int) {
    const std::vector<adapm::Key> keys{0, num_keys - 1};
    std::vector<float> values(2 * length, 1.0F);
    worker.intent(keys, 0, 10);
    worker.push(keys, values);
    worker.wait_sync();
    worker.barrier();
    worker.wait(worker.pull(keys, values));
    if (values.back() != static_cast<float>(store.num_ranks())) throw std::runtime_error("a wrong sum");
    worker.barrier();
  });
  store.close();
}

void record(const std::string& outcome) {
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  const char* file = std::getenv("OUTCOME");
  if (rank && file) std::ofstream(std::string(file) + "." + rank) << outcome << '\n';
  std::fprintf(stderr, "rank %s: %s\n", rank ? rank : "?", outcome.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string who = argc > 1 ? argv[1] : "library";
  int code = 0;
  initialise(who);
  try {
    if (const char* rank = std::getenv("NO_THREADS_ON")) forbid_threads(rank);
    use_store(argc > 2 ? std::stoull(argv[2]) : 100, argc > 3 ? std::stoull(argv[3]) : 4);
    record("ok");
  } catch (const adapm::ConfigurationError& error) {
    record(std::string("ConfigurationError: ") + error.what());
    code = 3;
  } catch (const std::exception& error) {
    record(std::string("other error: ") + error.what());
    code = 4;
  }
  // mpiexec ends the other ranks as soon as one returns an error: let them all have their say.
  int initialised = 0;
  MPI_Initialized(&initialised);
  if (initialised) MPI_Barrier(MPI_COMM_WORLD);
  if (who != "library") MPI_Finalize();
  return code;
}
