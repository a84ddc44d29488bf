// Store::load: the ranks share the parts of the newest checkpoint, whatever ranks have written them, and set the values
// where the keys are.
#pragma once

#include <filesystem>
#include <optional>

#include "adapm/checkpoint.hpp"
#include "api/manager.hpp"

namespace adapm::api {

/// Nothing if there is no checkpoint in `folder`.   Errors  CheckpointError on all ranks.
template <class V>
std::optional<Checkpoint> load_checkpoint(Manager<V>& manager, const std::filesystem::path& folder);

}  // namespace adapm::api
