#include "checkpoint/crc32c.hpp"

#include <array>
#include <cstring>

namespace adapm::checkpoint {

namespace {

constexpr std::uint32_t polynomial = 0x82f63b78U;  // of Castagnoli, bits reversed

/// [n][b]: what the byte b contributes when n more bytes follow it.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? polynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t n = 1; n < tables.size(); ++n)
    for (std::size_t byte = 0; byte < 256; ++byte)
      tables[n][byte] = (tables[n - 1][byte] >> 8U) ^ tables[0][tables[n - 1][byte] & 0xffU];
  return tables;
}
constexpr Tables contribution = make_tables();

std::uint32_t add_byte(std::uint32_t crc, std::byte byte) {
  return (crc >> 8U) ^ contribution[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xffU];
}

std::uint32_t add_word(std::uint32_t crc, const std::byte* bytes) {
  for (std::size_t i = 0; i < 4; ++i) crc ^= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i) sum ^= contribution[7 - i][(crc >> (8 * i)) & 0xffU];
  for (std::size_t i = 4; i < 8; ++i) sum ^= contribution[7 - i][std::to_integer<std::size_t>(bytes[i])];
  return sum;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t so_far, std::span<const std::byte> bytes) {
  std::uint64_t crc = ~so_far;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const std::byte byte : bytes) rest = add_byte(rest, byte);
  return ~rest;
}

bool has_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}

#else

std::uint32_t by_instruction(std::uint32_t so_far, std::span<const std::byte> bytes) {
  return crc32c_by_tables(so_far, bytes);
}
bool has_instruction() { return false; }

#endif

}  // namespace

std::uint32_t crc32c_by_tables(std::uint32_t so_far, std::span<const std::byte> bytes) {
  std::uint32_t crc = ~so_far;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) crc = add_word(crc, bytes.data());
  for (const std::byte byte : bytes) crc = add_byte(crc, byte);
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t so_far, std::span<const std::byte> bytes) {
  return has_instruction() ? by_instruction(so_far, bytes) : crc32c_by_tables(so_far, bytes);
}

}  // namespace adapm::checkpoint
