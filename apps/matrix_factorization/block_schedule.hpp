// DSGD's schedule: in each sub-epoch of an epoch every worker has a block of columns to itself, and in the
// course of the epoch each worker has each block once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace adapm::mf {

/// A Latin square, another in every epoch, the same on all ranks.
class BlockSchedule {
 public:
  /// As many blocks and sub-epochs as workers.
  BlockSchedule(std::size_t workers, std::uint64_t seed, std::uint64_t epoch);

  [[nodiscard]] std::size_t sub_epochs() const { return blocks_.size(); }
  /// The block that a worker has in a sub-epoch.
  [[nodiscard]] std::size_t block(std::size_t sub_epoch, std::size_t worker) const {
    return blocks_[(shifts_[sub_epoch] + places_[worker]) % blocks_.size()];
  }

 private:
  // Random orders of [0, workers).
  std::vector<std::size_t> blocks_;
  std::vector<std::size_t> shifts_;
  std::vector<std::size_t> places_;
};

}  // namespace adapm::mf
