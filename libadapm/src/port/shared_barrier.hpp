// A barrier of ranks that share one memory: they meet in a few words of it, without MPI and the progress threads. The
// last to come wakes the others up; with messages, each would wait for the naps of two progress threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace adapm::port {

class SharedBarrier {
 public:
  /// In the memory that the ranks share. Zeros are its initial state.
  struct Words {
    std::atomic<std::uint32_t> generation;  // how often all have met; what is waited on
    std::atomic<std::uint32_t> arrived;     // in this generation
    std::atomic<std::uint32_t> left;        // ranks that will not come any more
  };
  static constexpr std::size_t bytes = 64;  // a cache line of their own
  static_assert(sizeof(Words) <= bytes);

  SharedBarrier(Words& words, int ranks) : words_(words), ranks_(static_cast<std::uint32_t>(ranks)) {}

  /// One thread per rank at a time. What a rank wrote before is seen by all afterwards.   Blocks  yes.
  /// Returns false if a rank has left without coming, or `gives_up` became true.
  [[nodiscard]] bool arrive_and_wait(const std::function<bool()>& gives_up);
  /// Any thread: this rank comes no more.
  void leave();
  /// Any thread: whoever waits asks `gives_up` again soon.
  void look_again();

 private:
  Words& words_;
  const std::uint32_t ranks_;
};

}  // namespace adapm::port
