// The main of MPI tests.
//
// Initialises MPI with MPI_THREAD_MULTIPLE and fails if that is not granted. Prints rank 0's output, and the other
// ranks' only if something failed. After every test case the ranks agree whether it passed everywhere; if not, all
// stop there, because ranks that are in different places of a collective protocol only produce noise. Ends with the
// worst rank's exit code; running no test case is a failure. A watchdog ends the job with a message that names the
// test case before CTest's timeout would end it without (ADAPM_TEST_WATCHDOG_SECONDS).
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <fcntl.h>
#include <mpi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stop_token>
#include <thread>

#include "support/catch_runner.hpp"
#include "support/mpi_test.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace adapm::test {
namespace {

constexpr int exit_stuck = 5;

int rank_of_world = 0;
int size_of_world = 1;
int size_of_host = 1;
bool dying = false;
std::atomic<const char*> current_case{"start"};

/// Standard output of a rank other than 0, kept back until it is asked for.
class KeptOutput {
 public:
  void begin() {
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // what is printed before a crash is not lost
    terminal_ = dup(STDOUT_FILENO);
    kept_ = memfd_create("output", 0);
    if (terminal_ < 0 || kept_ < 0) return;
    dup2(kept_, STDOUT_FILENO);
  }

  /// Only async-signal-safe calls: also used by signal handlers.
  void print() {
    if (kept_ < 0) return;
    std::array<char, 4096> buffer;
    off_t offset = 0;
    for (ssize_t n; (n = pread(kept_, buffer.data(), buffer.size(), offset)) > 0; offset += n) {
      if (write(terminal_, buffer.data(), static_cast<std::size_t>(n)) < 0) break;
    }
    if (ftruncate(kept_, 0) == 0) lseek(kept_, 0, SEEK_SET);
  }

 private:
  int terminal_ = -1;
  int kept_ = -1;
};

KeptOutput kept_output;

/// What a rank that dies has printed, or is made to die because another did, tells most.
void print_and_die(int signal) {
  kept_output.print();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void print_when_dying() {
#if defined(__SANITIZE_ADDRESS__)
  constexpr std::array signals{SIGTERM};  // the sanitizer has its own handlers for the others
#else
  constexpr std::array signals{SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
#endif
  for (const int signal : signals) std::signal(signal, print_and_die);
}

/// Prints every rank's output, one rank after the other.
void print_in_order() {
  std::fflush(stdout);
  for (int rank = 0; rank < size_of_world; ++rank) {
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank != rank_of_world || rank == 0) continue;
    std::fprintf(stderr, "---- output of rank %d ----\n", rank);
    kept_output.print();
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

int worst_of_all(int code) {
  int worst = code;
  MPI_Allreduce(&code, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return worst;
}

class Agreement : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo& info) override {
    current_case = info.name.c_str();
    if (rank_of_world == 0) {
      std::printf("case: %s\n", info.name.c_str());
      std::fflush(stdout);
    }
  }

  bool assertionEnded(const Catch::AssertionStats& stats) override {
    dying = stats.assertionResult.getResultType() == Catch::ResultWas::FatalErrorCondition;
    return false;
  }

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (dying) return;  // in a signal handler: no MPI; the signal ends the job
    const bool failed = stats.totals.assertions.failed + stats.totals.testCases.failed > 0;
    if (worst_of_all(failed ? 1 : 0) == 0) return;
    print_in_order();
    if (rank_of_world == 0) std::fprintf(stderr, "FAILED on some rank, stopped: %s\n", current_case.load());
    MPI_Finalize();
    std::fflush(stdout);
    std::_Exit(1);
  }
};
CATCH_REGISTER_LISTENER(Agreement)

std::chrono::seconds watchdog_limit() {
  const char* text = std::getenv("ADAPM_TEST_WATCHDOG_SECONDS");
  return std::chrono::seconds(text ? std::atol(text) : 600);
}

void watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  if (wake.wait_for(lock, stop, watchdog_limit(), [&] { return stop.stop_requested(); })) return;
  if (stop.stop_requested()) return;
  std::fprintf(stderr, "rank %d is stuck after %ld s in the test case: %s\n", rank_of_world,
               static_cast<long>(watchdog_limit().count()), current_case.load());
  kept_output.print();
  std::this_thread::sleep_for(std::chrono::seconds(1));  // let the other ranks say so too
  std::_Exit(exit_stuck);
}

/// With the address sanitizer: leaks are looked for in between, because what MPI leaks while it starts and ends is not
/// ours, and cannot be told by its name once MPI has unloaded its modules.
int initialise_mpi(int& argc, char**& argv) {
#if defined(__SANITIZE_ADDRESS__)
  const __lsan::ScopedDisabler others;
#endif
  int granted = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &granted);
  return granted;
}

/// Collective.
int count_ranks_of_host() {
  MPI_Comm host = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
  int ranks = 0;
  MPI_Comm_size(host, &ranks);
  MPI_Comm_free(&host);
  return ranks;
}

void finalise_mpi() {
#if defined(__SANITIZE_ADDRESS__)
  __lsan_do_leak_check();
#endif
  MPI_Finalize();
}

int run_tests(int argc, char** argv) {
  if (rank_of_world == 0) {
    std::printf("%d ranks, seed %llu\n", size_of_world, static_cast<unsigned long long>(seed()));
    std::fflush(stdout);
  }
  return run_catch(argc, argv);
}

}  // namespace

int world_rank() { return rank_of_world; }
int world_size() { return size_of_world; }
int ranks_of_this_host() { return size_of_host; }

std::uint64_t seed() {
  const char* text = std::getenv("ADAPM_TEST_SEED");
  return text ? std::strtoull(text, nullptr, 10) : 20221;
}

std::mt19937_64 generator(int worker) {
  std::seed_seq sequence{seed(), static_cast<std::uint64_t>(rank_of_world), static_cast<std::uint64_t>(worker)};
  return std::mt19937_64(sequence);
}

int scaled(int count) {
  const char* text = std::getenv("ADAPM_TEST_EFFORT");
  return std::max(1, static_cast<int>(count * (text ? std::atof(text) : 1.0)));
}

Options options() {
  Options options = options_from_environment();
  options.report = false;
  return options;
}

bool keys_stay() {
  const Options chosen = options();
  const bool one_memory = size_of_host == size_of_world && !chosen.one_host_per_rank;
  return world_size() == 1 || (one_memory && chosen.techniques != Techniques::relocation_only);
}

bool on_all_ranks(bool value) { return worst_of_all(value ? 0 : 1) == 0; }

std::vector<Key> distinct_keys(std::mt19937_64& random, std::size_t count, std::uint64_t limit) {
  std::vector<Key> keys;
  keys.reserve(count);
  if (count * 2 > limit) {
    keys = all_keys(limit);
    std::shuffle(keys.begin(), keys.end(), random);
    keys.resize(count);
    return keys;
  }
  while (keys.size() < count) {
    const Key key = below(random, limit);
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

}  // namespace adapm::test

int main(int argc, char** argv) {
  using namespace adapm::test;
  const int granted = initialise_mpi(argc, argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_of_world);
  MPI_Comm_size(MPI_COMM_WORLD, &size_of_world);
  size_of_host = count_ranks_of_host();
  if (granted < MPI_THREAD_MULTIPLE) {
    std::fprintf(stderr, "MPI grants thread level %d, the tests need MPI_THREAD_MULTIPLE (%d)\n", granted,
                 MPI_THREAD_MULTIPLE);
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  if (rank_of_world != 0) {
    kept_output.begin();
    print_when_dying();
  }
  int worst = 0;
  {
    const std::jthread watchdog(watch);
    worst = worst_of_all(run_tests(argc, argv));
    if (worst != 0) print_in_order();
    finalise_mpi();
  }
  return worst;
}
