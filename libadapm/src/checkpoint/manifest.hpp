// The manifest of a checkpoint: what it holds, as text that a person can read, one fact a line. A checkpoint without
// one is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapm/value_layout.hpp"
#include "checkpoint/part_reader.hpp"

namespace adapm::checkpoint {

struct Manifest {
  std::uint64_t number = 0;
  std::string saved;         // when, for people
  std::string element;       // float, double, int64_t
  std::uint64_t keys = 0;
  std::string value_length;  // of each key, or "per key, checksum ..."
  std::vector<PartDescription> parts;  // by the rank that wrote them
  std::vector<std::string> states;     // the program's, by rank
  friend bool operator==(const Manifest&, const Manifest&) = default;

  /// Its parts are still to be added.
  static Manifest of(std::uint64_t number, const char* element, const ValueLayout& layout);
};

[[nodiscard]] std::string to_text(const Manifest& manifest);

/// Errors  CheckpointError naming `file`: the text is not what to_text wrote.
[[nodiscard]] Manifest manifest_from_text(std::string_view text, const std::string& file);

/// Errors  CheckpointError naming `file` and what differs, unless values of `expected` are of the same shape.
void check_shape(const Manifest& manifest, const Manifest& expected, const std::string& file);

}  // namespace adapm::checkpoint
