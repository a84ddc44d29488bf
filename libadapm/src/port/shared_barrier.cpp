#include "port/shared_barrier.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <ctime>
#include <thread>

#include "base/racing_copy.hpp"

namespace adapm::port {

namespace {

constexpr auto spin_time = std::chrono::microseconds(10);
/// After so long a waiting rank looks again by itself, in case it was woken up just before it slept.
constexpr timespec longest_sleep{0, 20'000'000};
constexpr auto nap_without_futex = std::chrono::microseconds(50);

// std::atomic's wait sees only its own process.
static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

void sleep_while(std::atomic<std::uint32_t>& word, std::uint32_t value) {
  if (syscall(SYS_futex, &word, FUTEX_WAIT, value, &longest_sleep, nullptr, 0) == 0) return;
  // Memory that is none of the kernel's own may not do for it.
  if (errno == EFAULT) std::this_thread::sleep_for(nap_without_futex);
}

void wake_all(std::atomic<std::uint32_t>& word) { syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

}  // namespace

bool SharedBarrier::arrive_and_wait(const std::function<bool()>& gives_up) {
  // A rank leaves after its last meeting: who sees it gone sees that meeting, too, and that no other will be complete.
  const auto left = [&] { return words_.left.load(std::memory_order_acquire) > 0; };
  if (left()) return false;
  const std::uint32_t mine = words_.generation.load(std::memory_order_relaxed);  // moves on only when all have come
  if (words_.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == ranks_) {
    words_.arrived.store(0, std::memory_order_relaxed);
    words_.generation.store(mine + 1, std::memory_order_release);
    wake_all(words_.generation);
    return true;
  }
  const auto met = [&] { return words_.generation.load(std::memory_order_acquire) != mine; };
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < begin + spin_time) {
    if (met()) return true;
    base::relax();
  }
  while (!met()) {
    if (gives_up() || left()) return met();
    sleep_while(words_.generation, mine);
  }
  return true;
}

void SharedBarrier::leave() {
  words_.left.fetch_add(1, std::memory_order_release);
  look_again();
}

void SharedBarrier::look_again() { wake_all(words_.generation); }

}  // namespace adapm::port
