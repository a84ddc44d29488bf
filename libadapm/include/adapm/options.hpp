/// @file
/// The options of a store: a plain struct, and one table from which the command line, the environment, the help text
/// and the check that all ranks agree are derived.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace adapm {

/// What the manager may do with a key that a rank has an intent on.
enum class Techniques {
  all,              ///< move it or replicate it, whatever the intents call for
  replication_only, ///< never move
  relocation_only   ///< never replicate
};

/// How the progress thread waits.
enum class ProgressMode {
  automatic,  ///< spin briefly after activity, then nap: for cores that are shared
  spin        ///< never sleep: for a core of its own
};

/// How the keys of a sample are chosen, see docs/sampling.md.
enum class SamplingScheme {
  naive,   ///< drawn when it is prepared
  preloc,  ///< the same, and brought here by an intent
  pool,    ///< from a pool of keys that is drawn, brought here, and used several times
  local    ///< when it is pulled, among the keys that are here
};

/// Nothing here has to be set. All ranks must use equal values (checked when the store is constructed).
struct Options {
  /// What may be done with a key that ranks have intents on.
  Techniques techniques = Techniques::all;

  /// Act on an intent only when its start is near (AdaPM, section 4: action timing); false: in the next round.
  bool time_intent_actions = true;
  /// Remember where keys were last seen; false: always ask the key's home.
  bool location_hints = true;

  double sync_max_per_sec = 1000;  ///< rounds per second at most; 0: no limit
  double sync_pause_ms = 0;        ///< milliseconds between rounds, instead of a rate
  /// Which replica updates a round sends: below 0, all, also zero ones; 0: those that were pushed to; above 0: those
  /// with at least this L2 norm; infinity: none but those of dropped replicas. `wait_sync` sends everything.
  double sync_threshold = 0;

  double timing_initial_estimate = 10;     ///< clocks per round that a worker is assumed to make at first
  bool timing_autotune = true;             ///< learn that number
  double timing_smoothing_factor = 0.1;    ///< weight of the newest observation
  double timing_buffer_quantile = 0.9999;  ///< Poisson quantile that the horizon covers

  /// Treat every rank as if it were alone on its host: no loads from a neighbour's memory.
  bool one_host_per_rank = false;
  /// Use one-sided reads between hosts where the network serves them.
  bool one_sided = true;
  /// From so many ranks on the messages of rounds go in two steps along a grid of ranks, instead of from each to each.
  std::uint64_t grid_exchange = 64;
  /// How the progress thread waits.
  ProgressMode progress = ProgressMode::automatic;
  /// Threads of run_workers leave a core to the progress thread, if there are as many as threads.
  bool separate_cores = true;

  /// When and from what a sample's keys are chosen, see docs/sampling.md.
  SamplingScheme sampling_scheme = SamplingScheme::local;
  bool sampling_with_replacement = true;  ///< false: the keys of a sample are all different; not for `pool`
  std::uint64_t sampling_pool_size = 250;  ///< `pool`: keys in a worker's pool
  std::uint64_t sampling_reuse = 16;       ///< `pool`: how often each of them is used
  /// `local`: share of a sample's keys that is drawn when it is prepared and brought here by an intent. It bounds the
  /// bias: the total variation distance of each key of a sample from the distribution is at most 1 less this share.
  double sampling_true_share = 0;
  std::uint64_t sampling_seed = 0;  ///< of the workers' generators

  /// Seconds for which nothing has come from a rank that a round waits for; 0: never. See docs/failures.md.
  double watchdog_warn = 30;  ///< then rank and host are named on standard error, and again after twice as long
  double watchdog_end = 600;  ///< then the job is ended

  bool report = true;       ///< one line on rank 0 when the store opens
  bool statistics = false;  ///< a table on rank 0 when the store closes
  double stats_every = 0;   ///< seconds between lines on rank 0 that say what the store does; 0: none
  /// File that rank 0 writes statistics to, JSON lines of each rank and of all, as often as it prints lines and when the
  /// store closes; empty: none.
  std::string stats_json;

  /// Keys whose moves, replicas, intents and accesses are recorded, see docs/tracing.md: "all", "17,20-29", "random-100";
  /// empty: none.
  std::string trace_keys;
  std::string trace_out = "adapm-trace";    ///< folder for what was recorded, written when the store closes
  std::uint64_t trace_events = 2'000'000;  ///< events that a rank keeps; 0: none, only how often keys were accessed
};

/// One row of the table: an option's command-line name, its default and help text, and how to read and write it.
struct OptionDescription {
  std::string_view name;     ///< without dashes, e.g. "sys.sync.max_per_sec"; environment: ADAPM_SYNC_MAX_PER_SEC
  std::string_view values;   ///< what may be given, e.g. "0|1" or "all|replication_only|relocation_only"
  std::string_view help;     ///< one line
  /// The option's value, as it may be given.
  std::function<std::string(const Options&)> get;
  /// Errors  ConfigurationError naming the option and what it takes.
  std::function<void(Options&, std::string_view)> set;
};

/// All options, in the order of the help text.
[[nodiscard]] std::span<const OptionDescription> option_descriptions();

/// Sets one option by its name.
/// Errors  ConfigurationError if there is no such option or the value does not fit it.
void set_option(Options& options, std::string_view name, std::string_view value);

/// One option's value as text, by the option's name.
/// Errors  ConfigurationError if there is no such option.
[[nodiscard]] std::string get_option(const Options& options, std::string_view name);

/// Defaults, overridden by the environment (`ADAPM_...`, see OptionDescription::name).
/// Errors  ConfigurationError naming the variable.
[[nodiscard]] Options options_from_environment();

}  // namespace adapm
