#include "port/port.hpp"

#include <ctime>

namespace adapm::port {

std::chrono::nanoseconds Port::processor_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace adapm::port
