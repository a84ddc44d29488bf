// What every rank tells all others at the beginning of a round, and what follows from it: the same on all ranks.
// Votes are combined word by word, the largest of all ranks each, so that a reduction can do it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/assert.hpp"

namespace adapm::progress {

/// One rank's.
struct Vote {
  std::uint64_t round = 0;           ///< must be equal everywhere
  bool stop = false;                 ///< this rank has closed the store
  bool failed = false;               ///< this rank has failed
  bool answers = false;              ///< this round needs an answer exchange
  bool grow = false;                 ///< this rank needs another segment
  bool comes = false;                ///< this rank has come to the next meeting
  std::uint64_t collectives = 0;     ///< barriers and reductions that this rank has started
  std::uint64_t interruptions = 0;   ///< that this rank has seen or wants
  std::chrono::nanoseconds rest{};   ///< how long this rank wants to rest after this round
  std::chrono::nanoseconds longest_rest{};  ///< how long this rank can do without a round
};

/// All ranks'.
struct Verdict {
  bool stop = false;  ///< all have closed the store
  bool answers = false;
  bool grow = false;
  bool all_come = false;
  bool any_stopped = false;
  int failed_rank = -1;                             ///< the first that has failed
  std::uint64_t fewest_collectives_of_stopped = 0;  ///< if any has stopped
  std::uint64_t interruptions = 0;
  std::chrono::nanoseconds rest{};          ///< the longest
  std::chrono::nanoseconds longest_rest{};  ///< the shortest
};

/// To take the smallest, words are complements.
struct VoteWords {
  enum Word { last_round, first_round, running, stopped, failed, answers, grow, absent, interruptions, rest,
              longest_rest, num_words };
  std::array<std::uint64_t, num_words> words{};

  VoteWords() = default;
  VoteWords(const Vote& vote, int rank) {
    words[last_round] = vote.round;
    words[first_round] = ~vote.round;
    words[running] = vote.stop ? 0 : 1;
    words[stopped] = vote.stop ? ~vote.collectives : 0;
    words[failed] = vote.failed ? ~static_cast<std::uint64_t>(rank) : 0;
    words[answers] = vote.answers ? 1 : 0;
    words[grow] = vote.grow ? 1 : 0;
    words[absent] = vote.comes ? 0 : 1;
    words[interruptions] = vote.interruptions;
    words[rest] = static_cast<std::uint64_t>(vote.rest.count());
    words[longest_rest] = ~static_cast<std::uint64_t>(vote.longest_rest.count());
  }

  /// Requires the votes of all ranks, combined. `round`: this rank's.
  [[nodiscard]] Verdict verdict(std::uint64_t round) const {
    ADAPM_ASSERT(words[last_round] == round && words[first_round] == ~round);
    Verdict result;
    result.stop = words[running] == 0;
    result.answers = words[answers] != 0;
    result.grow = words[grow] != 0;
    result.all_come = words[absent] == 0;
    result.any_stopped = words[stopped] != 0;
    if (words[failed] != 0) result.failed_rank = static_cast<int>(~words[failed]);
    result.fewest_collectives_of_stopped = ~words[stopped];
    result.interruptions = words[interruptions];
    result.rest = std::chrono::nanoseconds(words[rest]);
    result.longest_rest = std::chrono::nanoseconds(~words[longest_rest]);
    return result;
  }
};

}  // namespace adapm::progress
