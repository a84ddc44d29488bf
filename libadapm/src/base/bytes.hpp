// Messages as bytes, written and read front to back. All ranks run the same program on the same architecture, so
// values travel in native form. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/assert.hpp"

namespace adapm::base {

/// A growing buffer. Unlike std::vector it does not zero what it grows by: payloads are large and written at once.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::size_t size) { resize_discarding(size); }
  Bytes(Bytes&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Bytes& operator=(Bytes&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  [[nodiscard]] std::byte* data() { return data_.get(); }
  [[nodiscard]] const std::byte* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Forgets the content, keeps the memory.
  void clear() { size_ = 0; }

  /// Forgets everything from `size` on.
  void shrink(std::size_t size) {
    ADAPM_ASSERT(size <= size_);
    size_ = size;
  }

  /// Makes room for `size` bytes and forgets the content.
  void resize_discarding(std::size_t size) {
    if (size > capacity_) {
      data_ = std::make_unique_for_overwrite<std::byte[]>(size);
      capacity_ = size;
    }
    size_ = size;
  }

  /// Room for `n` more bytes at the end, for the caller to fill; valid until the next call.
  std::byte* extend(std::size_t n) {
    if (size_ + n > capacity_) grow(size_ + n);
    std::byte* room = data_.get() + size_;
    size_ += n;
    return room;
  }

  template <class T>
    requires std::is_trivially_copyable_v<T>
  void put(const T& value) {
    std::memcpy(extend(sizeof(T)), &value, sizeof(T));
  }

  template <class T>
  void put_all(std::span<const T> values) {
    if (!values.empty()) std::memcpy(extend(values.size_bytes()), values.data(), values.size_bytes());
  }

  /// Overwrites what was written at `position`.
  template <class T>
  void put_at(std::size_t position, const T& value) {
    ADAPM_ASSERT(position + sizeof(T) <= size_);
    std::memcpy(data_.get() + position, &value, sizeof(T));
  }

 private:
  void grow(std::size_t at_least) {
    const std::size_t capacity = at_least < 2 * capacity_ ? 2 * capacity_ : at_least + 256;
    auto bigger = std::make_unique_for_overwrite<std::byte[]>(capacity);
    if (size_ != 0) std::memcpy(bigger.get(), data_.get(), size_);
    data_ = std::move(bigger);
    capacity_ = capacity;
  }

  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Reads a message front to back. Throws InvariantError rather than read past the end.
class ByteReader {
 public:
  explicit ByteReader(const Bytes& bytes) : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool at_end() const { return next_ == end_; }
  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - next_); }

  template <class T>
    requires std::is_trivially_copyable_v<T>
  T get() {
    T value;
    std::memcpy(&value, take(sizeof(T)), sizeof(T));
    return value;
  }

  /// What get() would return.
  template <class T>
  [[nodiscard]] T peek() const {
    return ByteReader(*this).get<T>();
  }

  /// The next `n` bytes, where they lie.
  const std::byte* take(std::size_t n) {
    ADAPM_ASSERT(n <= remaining());
    const std::byte* taken = next_;
    next_ += n;
    return taken;
  }

 private:
  const std::byte* next_;
  const std::byte* end_;
};

}  // namespace adapm::base
