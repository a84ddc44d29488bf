// Store::save: all ranks cut at the same round boundary, each writes its part, one completes the checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "api/manager.hpp"

namespace adapm::api {

/// Returns the number of the checkpoint.
/// Errors  CheckpointError on all ranks; then there is no new checkpoint.
template <class V>
std::uint64_t save_checkpoint(Manager<V>& manager, const std::filesystem::path& folder, std::string_view state,
                              std::size_t keep_last);

}  // namespace adapm::api
