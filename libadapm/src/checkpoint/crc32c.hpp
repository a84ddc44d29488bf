// CRC-32C (Castagnoli), the checksum of iSCSI and of most storage formats: by the processor's instruction where it has
// one, else by tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace adapm::checkpoint {

/// The checksum of what `so_far` is the checksum of, followed by `bytes`. That of nothing is 0.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t so_far, std::span<const std::byte> bytes);

/// The same by tables, on every processor.
[[nodiscard]] std::uint32_t crc32c_by_tables(std::uint32_t so_far, std::span<const std::byte> bytes);

}  // namespace adapm::checkpoint
