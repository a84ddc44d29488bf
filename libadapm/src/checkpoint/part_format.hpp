// A part of a checkpoint, a file: what one rank had. A head; blocks of keys and values; an end. All of it is covered by
// checksums, and numbers are in the byte order of the machine that wrote them, which the head tells.
//
//   PartHead | BlockHead keys values | BlockHead keys values | ... | BlockHead (of kind `end`)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "checkpoint/crc32c.hpp"

namespace adapm::checkpoint {

inline constexpr std::uint32_t format_version = 1;

struct PartHead {
  static constexpr std::array<char, 8> right_magic{'a', 'd', 'a', 'p', 'm', 'c', 'k', 'p'};
  static constexpr std::uint32_t right_byte_order = 0x01020304;
  std::array<char, 8> magic = right_magic;
  std::uint32_t version = format_version;
  std::uint32_t byte_order = right_byte_order;
  std::uint64_t checkpoint = 0;  // its number
  std::uint64_t num_keys = 0;    // of the store
  std::uint32_t part = 0;
  std::uint32_t element_bytes = 0;
  std::uint32_t unused = 0;
  std::uint32_t checksum = 0;  // of all before it
};
static_assert(sizeof(PartHead) == 48);

struct BlockHead {
  enum class Kind : std::uint32_t { values = 0x73657576, end = 0x20646e65 };
  Kind kind = Kind::values;
  std::uint32_t number = 0;   // of the block in the part
  std::uint64_t keys = 0;     // in this block; at the end: in the part
  std::uint64_t bytes = 0;    // of keys and values, which follow
  std::uint32_t content = 0;  // their checksum
  std::uint32_t checksum = 0;  // of all before it
};
static_assert(sizeof(BlockHead) == 32);

/// Of all but the last field, which is it.
template <class Head>
std::uint32_t checksum_of(const Head& head) {
  const auto bytes = std::as_bytes(std::span(&head, 1));
  return crc32c(0, bytes.first(sizeof(Head) - sizeof head.checksum));
}

}  // namespace adapm::checkpoint
