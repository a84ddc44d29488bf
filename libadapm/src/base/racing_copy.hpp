// Data that is read while it may be written, under a sequence lock (seqlock): the reader copies first and finds out
// afterwards whether what it copied is valid. In the C++ memory model such accesses must be atomic to be defined;
// compilers do not vectorise atomics, so ordinary builds copy plainly and order the copy with fences, which is what
// the hardware needs. Under the thread sanitizer every element is accessed atomically, so that it reports only races
// that are not meant. This is the one place where the two builds differ.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SANITIZE_THREAD__)
#define ADAPM_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ADAPM_THREAD_SANITIZER 1
#endif
#endif

namespace adapm::base {

#if defined(ADAPM_THREAD_SANITIZER)

template <class V>
V racing_load(const V& value) {
  return std::atomic_ref<V>(const_cast<V&>(value)).load(std::memory_order_relaxed);
}
template <class V>
void racing_store(V& value, V next) {
  std::atomic_ref<V>(value).store(next, std::memory_order_relaxed);
}
/// Orders the copy before the second look at the word, and that before what follows.
inline std::uint64_t reload_after_copy(const std::atomic<std::uint64_t>& word) {
  return const_cast<std::atomic<std::uint64_t>&>(word).fetch_add(0, std::memory_order_acq_rel);
}
/// Orders locking the word before the writes that follow.
inline void fence_before_writes() {}
template <class V>
void copy_out(V* to, const V* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] = racing_load(from[i]);
}
template <class V>
void copy_in(V* to, const V* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) racing_store(to[i], from[i]);
}
template <class V>
void add_in(V* to, const V* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) racing_store(to[i], static_cast<V>(racing_load(to[i]) + from[i]));
}
template <class V>
void rebase(V* value, V* snapshot, const V* next, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    racing_store(value[i], static_cast<V>(next[i] + (racing_load(value[i]) - racing_load(snapshot[i]))));
    racing_store(snapshot[i], next[i]);
  }
}

#else

inline std::uint64_t reload_after_copy(const std::atomic<std::uint64_t>& word) {
  std::atomic_thread_fence(std::memory_order_acquire);
  return word.load(std::memory_order_acquire);
}
inline void fence_before_writes() { std::atomic_thread_fence(std::memory_order_release); }
/// By lines, whose number of bytes the compiler knows: for a short value a call takes as long as the copy.
template <class V>
[[gnu::always_inline]] inline void copy_out(V* __restrict to, const V* __restrict from, std::size_t n) {
  constexpr std::size_t line = 64 / sizeof(V);
  for (; n >= line; n -= line, to += line, from += line) std::memcpy(to, from, 64);
  if (n > 0) std::memcpy(to, from, n * sizeof(V));
}
template <class V>
[[gnu::always_inline]] inline void copy_in(V* to, const V* from, std::size_t n) {
  copy_out(to, from, n);
}
/// By lines, whose number of elements the compiler knows.
template <class V>
[[gnu::always_inline]] inline void add_in(V* __restrict to, const V* __restrict from, std::size_t n) {
  constexpr std::size_t line = 64 / sizeof(V);
  for (; n >= line; n -= line, to += line, from += line)
    for (std::size_t i = 0; i < line; ++i) to[i] = static_cast<V>(to[i] + from[i]);
  for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<V>(to[i] + from[i]);
}
/// value - snapshot stays as it is, and snapshot becomes next.
template <class V>
void rebase(V* __restrict value, V* __restrict snapshot, const V* __restrict next, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    value[i] = static_cast<V>(next[i] + (value[i] - snapshot[i]));
    snapshot[i] = next[i];
  }
}

#endif

/// For arrays that nobody else writes meanwhile: to = a - b.
template <class V>
void difference(V* __restrict to, const V* __restrict a, const V* __restrict b, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<V>(a[i] - b[i]);
}

/// Tells the processor that this is a waiting loop.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace adapm::base
