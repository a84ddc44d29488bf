// Checkpoints of a simulated cluster, one after the other, taken a step at a time while everything else goes on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "checkpoint/snapshot.hpp"
#include "progress/meetings.hpp"
#include "support/simulated_cluster.hpp"

namespace adapm::test {

class RandomCheckpoints {
 public:
  using V = std::int64_t;

  explicit RandomCheckpoints(SimulatedCluster<V>& cluster);

  /// The next step of a rank: it comes to the cut, or reads a few values, or waits for the others.
  /// `acknowledged`: of every key, what this rank's workers have pushed and know to be done; `pushed`: what all have.
  /// Throws std::runtime_error if a checkpoint that is complete has not each key once, with all that was acknowledged
  /// on a rank before it came, nothing that was not pushed, and no half of a push.
  void step(int rank, const std::vector<V>& acknowledged, const std::vector<V>& pushed);

  /// No rank is in the middle of one.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] int complete() const { return complete_; }

 private:
  enum class State { idle, coming, reading, done };
  struct Saver {
    State state = State::idle;
    std::shared_ptr<progress::Meeting> meeting;
    std::unique_ptr<checkpoint::Snapshot<V>> snapshot;
  };

  void come(int rank, const std::vector<V>& acknowledged);
  void read_on(Saver& saver);
  void check(const std::vector<V>& pushed) const;

  SimulatedCluster<V>& cluster_;
  const ValueLayout layout_;
  std::vector<Saver> savers_;
  std::vector<V> at_least_;  // by key, of the checkpoint that is being taken
  std::map<Key, V> saved_;
  int complete_ = 0;
};

}  // namespace adapm::test
