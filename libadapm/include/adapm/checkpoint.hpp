/// @file
/// What a checkpoint gives back beside the values; see Store::save, Store::load and docs/checkpoints.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace adapm {

/// A checkpoint that was loaded.
struct Checkpoint {
  std::uint64_t number = 0;         ///< 1 for the first one saved to its folder
  std::vector<std::string> states;  ///< what each rank gave to save, by the rank of then: there may be more or fewer now
};

/// Bytes of state that a rank may give to save.
inline constexpr std::size_t max_state_bytes = std::size_t{1} << 20U;

}  // namespace adapm
