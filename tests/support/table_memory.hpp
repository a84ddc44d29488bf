// Zeroed memory for a location table.
#pragma once

#include <cstddef>
#include <vector>

#include "directory/location_table.hpp"

namespace adapm::test {

class TableMemory {
 public:
  explicit TableMemory(std::uint64_t num_keys) : lines_(directory::LocationTable::bytes(num_keys) / sizeof(Line)) {}
  [[nodiscard]] std::byte* begin() { return lines_[0].bytes; }

 private:
  struct alignas(64) Line {
    std::byte bytes[64]{};
  };
  std::vector<Line> lines_;
};

}  // namespace adapm::test
