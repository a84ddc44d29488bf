// The folder that the checkpoints of a run are in:
//
//   checkpoint-7/manifest part-0 part-1 ...    a complete one
//   checkpoint-8.partial/...                   one that is being written, or was when the job died
//
// A checkpoint is complete as soon as its folder has its name, for that is given last, by renaming. One rank makes,
// publishes and removes checkpoints, all write their parts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/manifest.hpp"

namespace adapm::checkpoint {

class CheckpointFolder {
 public:
  explicit CheckpointFolder(std::filesystem::path folder);

  /// The number of the newest complete checkpoint.
  [[nodiscard]] std::optional<std::uint64_t> newest() const;
  [[nodiscard]] std::filesystem::path manifest(std::uint64_t number) const;
  [[nodiscard]] std::filesystem::path part(std::uint64_t number, std::size_t rank) const;
  [[nodiscard]] std::filesystem::path partial_part(std::uint64_t number, std::size_t rank) const;

  /// Makes the folder of a new checkpoint, and the one around it; clears away what dead jobs have left. Returns its number.
  std::uint64_t begin() const;
  /// The parts are on the disk: completes the checkpoint.
  void publish(const Manifest& manifest) const;
  /// The checkpoint cannot be completed.
  void discard(std::uint64_t number) const noexcept;
  /// Removes all but the newest `count` complete ones.
  void keep_last(std::size_t count) const;

 private:
  [[nodiscard]] std::vector<std::uint64_t> numbers(bool partial) const;
  [[nodiscard]] std::filesystem::path complete(std::uint64_t number) const;
  [[nodiscard]] std::filesystem::path partial(std::uint64_t number) const;

  const std::filesystem::path folder_;
};

}  // namespace adapm::checkpoint
