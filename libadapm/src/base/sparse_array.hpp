// An array of zeros that takes memory only where it is written: for what has room for all ranks and is used by few.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace adapm::base {

/// Zeros must be values of T.
template <class T>
class SparseArray {
 public:
  explicit SparseArray(std::size_t size)
      : bytes_(size * sizeof(T)),
        data_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    if (data_ == MAP_FAILED) throw std::bad_alloc();
    madvise(data_, bytes_, MADV_NOHUGEPAGE);
  }
  ~SparseArray() { munmap(data_, bytes_); }
  SparseArray(const SparseArray&) = delete;
  SparseArray& operator=(const SparseArray&) = delete;

  T& operator[](std::size_t i) { return static_cast<T*>(data_)[i]; }
  const T& operator[](std::size_t i) const { return static_cast<const T*>(data_)[i]; }

 private:
  const std::size_t bytes_;
  void* const data_;
};

}  // namespace adapm::base
