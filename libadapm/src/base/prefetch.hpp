// Gets a cache line on its way before it is needed.
#pragma once

namespace adapm::base {

enum class Use { reading, writing };

/// To be written: the line is taken from the cores that have it, so that the first write does not wait for them.
template <Use use>
inline void prefetch(const void* address) {
#if defined(__x86_64__)
  // Compilers use this instruction only for processors that are known to have it; older ones ignore it.
  if constexpr (use == Use::writing) {
    asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
    return;
  }
#endif
  __builtin_prefetch(address, use == Use::writing ? 1 : 0);
}

}  // namespace adapm::base
