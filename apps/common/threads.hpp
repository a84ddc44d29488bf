// Work spread over a few threads.
#pragma once

#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace adapm::apps {

/// Runs work(i) for each i below `count` on a thread of its own; returns when all have returned.
/// Errors  the exception of the first i that threw.
template <class Work>
void run_threads(std::size_t count, Work work) {
  std::vector<std::exception_ptr> errors(count);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&, i]() noexcept {
        try {
          work(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      });
    }
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace adapm::apps
