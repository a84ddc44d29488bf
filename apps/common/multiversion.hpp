// ADAPM_MULTIVERSION before a function: compile it once for any x86-64 and once for those with AVX2 and FMA,
// and choose when the program starts. Only GCC can; not with sanitizers, whose runtime is not up when the
// choice is made.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__AVX2__)
#define ADAPM_MULTIVERSION __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define ADAPM_MULTIVERSION
#endif
