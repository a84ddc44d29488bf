// One random run of a simulated cluster: what a seed makes of it, and what is checked.
#pragma once

#include <cstdint>
#include <string>

namespace adapm::test {

struct ScheduleResult {
  std::string failure;  // empty: all held
  int ranks = 0;
  std::uint64_t rounds = 0;
  std::uint64_t moves = 0;
  std::uint64_t replicas = 0;
  std::uint64_t shares = 0;
  int checkpoints = 0;
  std::uint64_t added_up = 0;  // updates, to others on their way
};

/// Runs one schedule. After every round the structure is checked, at every quiet moment the sums; each worker checks
/// that it sees its own completed pushes; every checkpoint has what was acknowledged before it; at the end every copy
/// must have exactly the value that was pushed.
ScheduleResult run_random_schedule(std::uint64_t seed);

}  // namespace adapm::test
