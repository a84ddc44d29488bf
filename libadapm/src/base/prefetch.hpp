// Gets a cache line on its way before it is needed.
#pragma once

#include <algorithm>
#include <cstddef>

namespace adapm::base {

enum class Use { reading, writing };

/// To be written: the line is taken from the cores that have it, so that the first write does not wait for them.
template <Use use>
[[gnu::always_inline]] inline void prefetch(const void* address) {
#if defined(__x86_64__)
  // GCC leaves out calls of functions that do nothing but __builtin_prefetch; and compilers use prefetchw only for
  // processors that are known to have it (older ones ignore it).
  const char& byte = *static_cast<const char*>(address);
  if constexpr (use == Use::writing) {
    asm volatile("prefetchw %0" : : "m"(byte));
  } else {
    asm volatile("prefetcht0 %0" : : "m"(byte));
  }
#else
  __builtin_prefetch(address, use == Use::writing ? 1 : 0);
#endif
}

/// In a loop over n things: calls far(j) for one that is a good way ahead of i and near(j) for one that is half as far,
/// so that what near() needs is there by then.
template <class Far, class Near>
[[gnu::always_inline]] inline void look_ahead(std::size_t i, std::size_t n, const Far& far, const Near& near) {
  constexpr std::size_t distance = 8;
  if (i + 2 * distance < n) far(i + 2 * distance);
  if (i + distance < n) near(i + distance);
}

/// The first lines of `bytes` bytes.
template <Use use>
[[gnu::always_inline]] inline void prefetch_range(const void* memory, std::size_t bytes) {
  constexpr std::size_t line_bytes = 64;
  const auto* const begin = static_cast<const std::byte*>(memory);
  const std::size_t first_bytes = std::min(bytes, 10 * line_bytes);
  for (std::size_t offset = 0; offset < first_bytes; offset += line_bytes) prefetch<use>(begin + offset);
  // They may begin anywhere in a line, so the end may be in one more. Always: a branch on it would be foreseen badly.
  prefetch<use>(begin + first_bytes - 1);
}

}  // namespace adapm::base
