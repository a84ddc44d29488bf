// A step of saving or loading a checkpoint that all ranks take, and of which all learn whether it went well on all.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "adapm/error.hpp"
#include "api/manager.hpp"

namespace adapm::api {

/// Does `step` on this rank and meets the others. Returns what the steps returned, by rank.
/// Errors  CheckpointError on all ranks if any rank's step threw; StoreFailure.
template <class V>
std::vector<std::string> take_step(Manager<V>& manager, const std::function<std::string()>& step,
                                   std::function<void()> when_held = {}) {
  constexpr char success = '+', complaint = '!';
  std::string own;
  try {
    own = success + step();
  } catch (const StoreFailure&) {
    throw;
  } catch (const std::exception& error) {
    own = complaint + std::string(error.what());
  }
  std::vector<std::string> texts = manager.meet(std::move(own), std::move(when_held));
  for (std::size_t rank = 0; rank < texts.size(); ++rank) {
    const bool failed = texts[rank].front() == complaint;
    texts[rank].erase(0, 1);
    if (failed) throw CheckpointError("rank " + std::to_string(rank) + ": " + texts[rank]);
  }
  return texts;
}

}  // namespace adapm::api
