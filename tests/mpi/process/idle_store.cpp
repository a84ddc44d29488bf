// Measures what a store costs that nobody uses: opens one, rests for the given number of seconds (3) and compares the
// processor time of this process with that. Ends with 1 if it used more than a tenth of a core.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "adapm/adapm.hpp"

namespace {

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  const double rest = argc > 1 ? std::atof(argv[1]) : 3.0;
  constexpr double allowed = 0.1;
  adapm::Store<float> store(adapm::ValueLayout::uniform(1000, 8), adapm::options_from_environment());
  adapm::Worker<float> worker(store);
  worker.intent(std::vector<adapm::Key>{0, 1, 2}, 0, adapm::clock_forever);  // idle replicas cost nothing either
  worker.wait_sync();
  worker.barrier();
  const double before = processor_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>(rest));
  const double used = (processor_seconds() - before) / rest;
  std::vector<double> most{used};
  worker.barrier();
  store.allreduce(most, adapm::Reduction::max);
  std::printf("rank %d: an idle store uses %.1f %% of a core\n", store.rank(), 100 * used);
  return most[0] > allowed ? 1 : 0;
}
