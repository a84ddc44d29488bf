#include "adapm/options.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "adapm/error.hpp"
#include "trace/key_choice.hpp"

namespace adapm {

namespace {

[[noreturn]] void reject(std::string_view name, std::string_view value, std::string_view takes) {
  throw ConfigurationError("option --" + std::string(name) + " cannot be '" + std::string(value) + "'; it takes " +
                           std::string(takes));
}

OptionDescription flag(std::string_view name, bool Options::* member, std::string_view help) {
  return {name, "0|1", help, [member](const Options& o) { return std::string(o.*member ? "1" : "0"); },
          [name, member](Options& o, std::string_view value) {
            if (value == "1" || value == "true" || value == "on" || value == "yes") {
              o.*member = true;
            } else if (value == "0" || value == "false" || value == "off" || value == "no") {
              o.*member = false;
            } else {
              reject(name, value, "0 or 1");
            }
          }};
}

struct Range {
  double lowest;
  double highest;
  std::string_view text;
};
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Range not_negative{0, 1e12, "N>=0"};
constexpr Range seconds{0, 1e7, "N>=0"};
constexpr Range any_number{-infinity, infinity, "X|inf"};
constexpr Range share{1e-9, 1, "0<X<=1"};
constexpr Range probability{0.5, 1 - 1e-12, "0.5<=X<1"};
constexpr Range positive{1e-6, 1e12, "X>0"};
constexpr Range part{0, 1, "0<=X<=1"};
constexpr std::uint64_t largest_number = 1'000'000'000;

std::string to_text(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::ostringstream text;
  text.precision(15);
  text << value;
  return text.str();
}

OptionDescription number(std::string_view name, double Options::* member, Range range, std::string_view help) {
  return {name, range.text, help, [member](const Options& o) { return to_text(o.*member); },
          [name, member, range](Options& o, std::string_view text) {
            double value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc() || end != text.data() + text.size() || std::isnan(value) ||
                value < range.lowest || value > range.highest)
              reject(name, text, range.text);
            o.*member = value;
          }};
}

OptionDescription whole_number(std::string_view name, std::uint64_t Options::* member, std::uint64_t lowest,
                               std::string_view takes, std::string_view help) {
  return {name, takes, help, [member](const Options& o) { return std::to_string(o.*member); },
          [name, member, lowest, takes](Options& o, std::string_view text) {
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc() || end != text.data() + text.size() || value < lowest || value > largest_number)
              reject(name, text, takes);
            o.*member = value;
          }};
}

OptionDescription text(std::string_view name, std::string Options::* member, std::string_view takes,
                       std::string_view help) {
  return {name, takes, help, [member](const Options& o) { return o.*member; },
          [member](Options& o, std::string_view value) { o.*member = value; }};
}

OptionDescription traced_keys(std::string_view name, std::string_view help) {
  OptionDescription option = text(name, &Options::trace_keys, "KEYS", help);
  option.set = [set = option.set](Options& o, std::string_view value) {
    if (!value.empty()) trace::check_key_choice(value);
    set(o, value);
  };
  return option;
}

template <class E, std::size_t N>
OptionDescription choice(std::string_view name, E Options::* member,
                         std::array<std::pair<std::string_view, E>, N> words, std::string_view takes,
                         std::string_view help) {
  return {name, takes, help,
          [member, words](const Options& o) {
            return std::string(std::find_if(words.begin(), words.end(), [&](auto& w) {
                                 return w.second == o.*member;
                               })->first);
          },
          [name, member, words, takes](Options& o, std::string_view text) {
            const auto found = std::find_if(words.begin(), words.end(), [&](auto& w) { return w.first == text; });
            if (found == words.end()) reject(name, text, takes);
            o.*member = found->second;
          }};
}

std::vector<OptionDescription> make_table() {
  using T = Techniques;
  const std::array<std::pair<std::string_view, T>, 3> techniques{
      {{"all", T::all}, {"replication_only", T::replication_only}, {"relocation_only", T::relocation_only}}};
  const std::array<std::pair<std::string_view, ProgressMode>, 2> modes{
      {{"automatic", ProgressMode::automatic}, {"spin", ProgressMode::spin}}};
  using S = SamplingScheme;
  const std::array<std::pair<std::string_view, S>, 4> schemes{
      {{"naive", S::naive}, {"preloc", S::preloc}, {"pool", S::pool}, {"local", S::local}}};
  return {
      choice("sys.techniques", &Options::techniques, techniques, "all|replication_only|relocation_only",
             "what may be done with a key that ranks have intents on"),
      flag("sys.time_intent_actions", &Options::time_intent_actions,
           "act on an intent only when its start is near; 0: in the next round"),
      flag("sys.location_hints", &Options::location_hints,
           "remember where keys were last seen; 0: always ask the key's home"),
      number("sys.sync.max_per_sec", &Options::sync_max_per_sec, not_negative,
             "rounds per second at most; 0: no limit"),
      number("sys.sync.pause", &Options::sync_pause_ms, not_negative,
             "milliseconds between rounds, instead of a rate"),
      number("sys.sync.threshold", &Options::sync_threshold, any_number,
             "least L2 norm of a replica update to be sent; below 0: send all, also zero ones; inf: only when a "
             "replica is dropped"),
      number("sys.timing.initial_estimate", &Options::timing_initial_estimate, positive,
             "clocks per round that a worker is assumed to make at first"),
      flag("sys.timing.autotune", &Options::timing_autotune, "learn the clocks per round"),
      number("sys.timing.smoothing_factor", &Options::timing_smoothing_factor, share,
             "weight of the newest observation"),
      number("sys.timing.buffer_quantile", &Options::timing_buffer_quantile, probability,
             "Poisson quantile that the horizon covers"),
      flag("sys.one_host_per_rank", &Options::one_host_per_rank,
           "treat every rank as if it were alone on its host"),
      flag("sys.one_sided", &Options::one_sided, "use one-sided reads between hosts where the network serves them"),
      whole_number("sys.grid_exchange", &Options::grid_exchange, 2, "N>=2",
                   "from N ranks on the messages of rounds go in two steps along a grid of ranks"),
      choice("sys.progress", &Options::progress, modes, "automatic|spin",
             "how the progress thread waits: napping, or spinning on a core of its own"),
      flag("sys.separate_cores", &Options::separate_cores,
           "threads of run_workers leave a core to the progress thread, if there are as many as threads"),
      choice("sys.sampling.scheme", &Options::sampling_scheme, schemes, "naive|preloc|pool|local",
             "how the keys of samples are chosen"),
      flag("sys.sampling.with_replacement", &Options::sampling_with_replacement,
           "a sample may have a key twice; 0: its keys are all different (not for pool)"),
      whole_number("sys.sampling.pool_size", &Options::sampling_pool_size, 1, "N>=1",
                   "pool: keys in a worker's pool"),
      whole_number("sys.sampling.reuse", &Options::sampling_reuse, 1, "N>=1",
                   "pool: how often a key of the pool is used"),
      number("sys.sampling.true_share", &Options::sampling_true_share, part,
             "local: share of a sample's keys that is drawn ahead of time, wherever they are"),
      whole_number("sys.sampling.seed", &Options::sampling_seed, 0, "N>=0",
                   "of the workers' random generators"),
      number("sys.watchdog.warn", &Options::watchdog_warn, seconds,
             "seconds without anything from a rank that a round waits for, after which it is named; 0: never"),
      number("sys.watchdog.end", &Options::watchdog_end, seconds,
             "seconds likewise, after which the job is ended; 0: never, as under a debugger"),
      flag("sys.report", &Options::report, "print one line on rank 0 when the store opens"),
      flag("sys.statistics", &Options::statistics, "print a table on rank 0 when the store closes"),
      number("sys.stats.every", &Options::stats_every, seconds,
             "seconds between lines on rank 0 that say what the store does; 0: none"),
      text("sys.stats.json", &Options::stats_json, "FILE",
           "rank 0 writes statistics of each rank and of all, as JSON lines: as often, and when the store closes"),
      traced_keys("sys.trace.keys",
                  "record what happens to these keys: all, or a list of keys (17), ranges (20-29) and "
                  "random-N[-seed-S][-range-MIN-MAX]"),
      text("sys.trace.out", &Options::trace_out, "DIR", "folder for what was recorded of keys"),
      whole_number("sys.trace.events", &Options::trace_events, 0, "N>=0",
                   "events of keys that a rank keeps; 0: none, only how often keys were accessed"),
  };
}

std::string environment_name(std::string_view option) {
  std::string name = "ADAPM_";
  for (const char c : option.substr(std::string_view("sys.").size()))
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

/// The row of the table; throws if there is none.
const OptionDescription& described(std::string_view name) {
  for (const OptionDescription& option : option_descriptions())
    if (option.name == name) return option;
  throw ConfigurationError("there is no option --" + std::string(name));
}

}  // namespace

std::span<const OptionDescription> option_descriptions() {
  static const std::vector<OptionDescription> table = make_table();
  return table;
}

void set_option(Options& options, std::string_view name, std::string_view value) {
  described(name).set(options, value);
}

std::string get_option(const Options& options, std::string_view name) { return described(name).get(options); }

Options options_from_environment() {
  Options options;
  for (const OptionDescription& option : option_descriptions()) {
    const std::string variable = environment_name(option.name);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) continue;
    try {
      option.set(options, value);
    } catch (const ConfigurationError& error) {
      throw ConfigurationError("environment variable " + variable + ": " + error.what());
    }
  }
  return options;
}

}  // namespace adapm
