/// @file
/// What a store counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace adapm {

/// Keys accessed, by where the value was found.
struct AccessCounts {
  std::uint64_t local = 0;      ///< main copy on this rank
  std::uint64_t replica = 0;    ///< replica on this rank
  std::uint64_t shared = 0;     ///< in another rank's memory on this host, kept there for this rank's intents
  std::uint64_t neighbour = 0;  ///< in another rank's memory on this host, without an intent
  std::uint64_t remote = 0;     ///< by way of the network

  /// All of them.
  [[nodiscard]] std::uint64_t total() const { return local + replica + shared + neighbour + remote; }
  /// Share that was found in this host's memory, without asking another rank; 1 if there was no access.
  [[nodiscard]] double local_share() const;
  /// Adds each.
  AccessCounts& operator+=(const AccessCounts& other);
};

/// Counters of one rank, or the sum over ranks. Counting starts at construction or at the last `end_setup`.
struct Statistics {
  AccessCounts pulled;                ///< keys of `pull`, `pull_if_local` and `pull_sample`
  AccessCounts pushed;                ///< keys of `push` and `set`
  std::uint64_t clocks = 0;           ///< ticks of the workers' clocks
  std::uint64_t intents = 0;          ///< keys signalled
  std::uint64_t rounds = 0;           ///< that this rank took part in
  std::uint64_t moves_in = 0;         ///< main copies that moved here
  std::uint64_t moves_out = 0;        ///< main copies that moved away
  std::uint64_t replicas_set_up = 0;  ///< on this rank
  std::uint64_t replicas_dropped = 0;  ///< from this rank
  std::uint64_t shares_begun = 0;     ///< main copies on this host that this rank began to share
  std::uint64_t updates_sent = 0;     ///< replica updates sent to owners
  std::uint64_t updates_merged = 0;   ///< replica updates, or sums of several, added to main copies here
  std::uint64_t refreshes_sent = 0;   ///< values sent to holders of replicas
  std::uint64_t elsewhere = 0;        ///< questions that reached a rank without the key
  std::uint64_t bytes_sent = 0;       ///< payload of rounds and access messages
  std::uint64_t messages_sent = 0;    ///< access messages
  std::uint64_t one_sided_reads = 0;  ///< keys pulled from another host's memory without its help
  std::uint64_t owned_keys = 0;       ///< main copies held now
  std::uint64_t replicas_held = 0;    ///< replicas held now
  std::uint64_t shares_held = 0;      ///< main copies of neighbours that are shared now
  std::uint64_t memory_bytes = 0;     ///< held now: location words, slots, replicas, what is known of keys
  double seconds = 0;                 ///< since counting began; for sums, the longest
  double call_seconds = 0;            ///< workers' time in calls but waits, estimated from one call in 64
  double wait_seconds = 0;            ///< workers' time waiting for keys from elsewhere
  double round_seconds = 0;           ///< progress thread's time in rounds
  double access_seconds = 0;          ///< progress thread's time serving accesses

  /// Adds each; `seconds` become the longer.
  Statistics& operator+=(const Statistics& other);
  /// Leaves what was counted since `earlier`; levels (owned_keys, replicas_held, shares_held, memory_bytes) stay as they are.
  Statistics& operator-=(const Statistics& earlier);
};

/// For transfer and reductions: every counter and time but `seconds`, in a fixed order.
[[nodiscard]] std::vector<double> to_doubles(const Statistics& statistics);
/// The statistics that to_doubles was given, but for `seconds`.
[[nodiscard]] Statistics from_doubles(const std::vector<double>& values);
/// The names of what to_doubles gives, in the same order: "pulled.local", "rounds".
[[nodiscard]] std::vector<const char*> statistic_names();

/// A table for people, several lines, each ended by a newline.
[[nodiscard]] std::string format(const Statistics& statistics);

}  // namespace adapm
