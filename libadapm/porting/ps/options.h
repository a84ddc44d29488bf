// The options of an AdaPM program, on those of the store.
#pragma once

#include <boost/program_options.hpp>
#include <cstdlib>
#include <istream>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "ps/base.h"

namespace ps {

enum class MgmtTechniques { ALL, REPLICATION_ONLY, RELOCATION_ONLY };
enum class SamplingScheme { Naive, Preloc, Pool, Local };

namespace porting {

/// As options spell it.
inline const char* word(MgmtTechniques techniques) {
  static const char* const words[] = {"all", "replication_only", "relocation_only"};
  return words[static_cast<int>(techniques)];
}
inline const char* word(SamplingScheme scheme) {
  static const char* const words[] = {"naive", "preloc", "pool", "local"};
  return words[static_cast<int>(scheme)];
}

/// What is spelt so.   Errors  dmlc::Error if nothing is.
template <class Choice>
Choice choice(const std::string& text, Choice last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (text == word(static_cast<Choice>(i))) return static_cast<Choice>(i);
  CHECK(false) << "unknown option value '" << text << "'";
  return last;
}
inline MgmtTechniques techniques(const std::string& text) {
  return choice(text, MgmtTechniques::RELOCATION_ONLY);
}
inline SamplingScheme sampling_scheme(const std::string& text) { return choice(text, SamplingScheme::Local); }

/// The options of the server that is to be made: the environment's, then the command line's.
class SystemOptions {
 public:
  static SystemOptions& get() {
    static SystemOptions options;
    return options;
  }

  /// By the name that the store has for it.
  void set(const std::string& name, const std::string& value) {
    require(adapm_options_set(options_.get(), name.c_str(), value.c_str()));
    read_sampling();
  }
  std::string value_of(const std::string& name) const {
    std::vector<char> value(1 << 17);  // longer than an argument of a program can be
    require(adapm_options_get(options_.get(), name.c_str(), value.data(), value.size()));
    return value.data();
  }
  const adapm_options* handle() const { return options_.get(); }

  std::vector<std::string> without_effect;  // options that were given

  // What the options of sampling are.
  SamplingScheme scheme = SamplingScheme::Local;
  int pool_size = 0;
  unsigned reuse = 0;
  bool with_replacement = true;

 private:
  SystemOptions() {
    adapm_options* options = nullptr;
    require(adapm_options_create(&options));
    options_.reset(options);
    if (std::getenv("ADAPM_SAMPLING_REUSE") == nullptr) set("sys.sampling.reuse", "1");  // AdaPM's default
    read_sampling();
  }

  void read_sampling() {
    scheme = sampling_scheme(value_of("sys.sampling.scheme"));
    pool_size = std::stoi(value_of("sys.sampling.pool_size"));
    reuse = static_cast<unsigned>(std::stoul(value_of("sys.sampling.reuse")));
    with_replacement = value_of("sys.sampling.with_replacement") == "1";
  }

  struct Destroy {
    void operator()(adapm_options* options) const { adapm_options_destroy(options); }
  };
  std::unique_ptr<adapm_options, Destroy> options_;
};

/// The names of all options of the store, and what its help says of them.
inline std::vector<std::pair<std::string, std::string>> store_options() {
  std::vector<std::pair<std::string, std::string>> options;
  std::istringstream help(adapm_options_help());
  for (std::string name, rest; help >> name && std::getline(help, rest);) options.emplace_back(name, rest);
  return options;
}

/// An option of AdaPM, and the store's that it sets; none, if nothing is left to choose.
struct OptionMapping {
  std::string name;
  std::string sets;
  std::string help;
};

inline const std::vector<OptionMapping>& option_mappings() {
  static const std::vector<OptionMapping> mappings{
      {"sys.techniques", "sys.techniques", "all, replication_only or relocation_only"},
      {"sys.time_intent_actions", "sys.time_intent_actions", "0: act on intents in the next round"},
      {"sys.location_caches", "sys.location_hints", "0: do not remember where keys were last seen"},
      {"sys.sync.max_per_sec", "sys.sync.max_per_sec", "rounds per second at most; 0: no limit"},
      {"sys.sync.pause", "sys.sync.pause", "milliseconds between rounds"},
      {"sys.sync.threshold", "sys.sync.threshold", "least L2 norm of an update to be sent"},
      {"sys.timing.initial_estimate", "sys.timing.initial_estimate", "clocks per round at first"},
      {"sys.timing.autotune", "sys.timing.autotune", "0: do not learn the clocks per round"},
      {"sys.timing.smoothing_factor", "sys.timing.smoothing_factor", "weight of the newest observation"},
      {"sys.timing.buffer_quantile", "sys.timing.buffer_quantile", "quantile that the horizon covers"},
      {"sampling.scheme", "sys.sampling.scheme", "naive, preloc, pool or local"},
      {"sampling.pool_size", "sys.sampling.pool_size", "pool: its size"},
      {"sampling.reuse", "sys.sampling.reuse", "pool: how often a key is used"},
      {"sampling.with_replacement", "sys.sampling.with_replacement", "0: a sample's keys are all different"},
      {"sys.trace.keys", "sys.trace.keys", "keys to trace: all, a list, or random-<n>-seed-<s>-range-<min>-<max>"},
      {"sys.stats.out", "sys.trace.out", "folder for traces and locality statistics of the traced keys"},
      {"sys.zmq_threads", "", "without effect: there is no ZeroMQ"},
      {"sys.channels", "", "without effect: one progress thread serves all keys"},
      {"sampling.batch_size", "", "without effect: candidates are drawn as they are needed"},
  };
  return mappings;
}

inline void add_system_options(boost::program_options::options_description& description) {
  const auto add = [&](const OptionMapping& option) {
    const auto act = [option](const std::string& value) {
      if (option.sets.empty()) {
        SystemOptions::get().without_effect.push_back(option.name);
      } else {
        SystemOptions::get().set(option.sets, value);
      }
    };
    description.add_options()(option.name.c_str(),
                              boost::program_options::value<std::string>()->notifier(act),
                              option.help.c_str());
  };
  std::string mapped = " ";
  for (const OptionMapping& option : option_mappings()) {
    add(option);
    mapped += option.sets + " ";
  }
  for (const auto& option : store_options())
    if (mapped.find(" " + option.first + " ") == std::string::npos)
      add({option.first, option.first, option.second});
}

}  // namespace porting

inline std::ostream& operator<<(std::ostream& out, MgmtTechniques techniques) {
  return out << porting::word(techniques);
}
inline std::ostream& operator<<(std::ostream& out, SamplingScheme scheme) {
  return out << porting::word(scheme);
}
inline std::istream& operator>>(std::istream& in, MgmtTechniques& techniques) {
  std::string text;
  in >> text;
  techniques = porting::techniques(text);
  return in;
}
inline std::istream& operator>>(std::istream& in, SamplingScheme& scheme) {
  std::string text;
  in >> text;
  scheme = porting::sampling_scheme(text);
  return in;
}

/// What the options of sampling are, by the names that programs read them.
template <class Val, class Worker, class Server>
struct Sampling {
  static const SamplingScheme& scheme;
  static const int& pool_size_;
  static const unsigned& reuse_factor_;
  static const bool& with_replacement_;
};
template <class Val, class Worker, class Server>
const SamplingScheme& Sampling<Val, Worker, Server>::scheme = porting::SystemOptions::get().scheme;
template <class Val, class Worker, class Server>
const int& Sampling<Val, Worker, Server>::pool_size_ = porting::SystemOptions::get().pool_size;
template <class Val, class Worker, class Server>
const unsigned& Sampling<Val, Worker, Server>::reuse_factor_ = porting::SystemOptions::get().reuse;
template <class Val, class Worker, class Server>
const bool& Sampling<Val, Worker, Server>::with_replacement_ = porting::SystemOptions::get().with_replacement;

/// All options of the store, for a program's log.
template <class Val, class Handle>
struct SyncManager {
  static std::string PrintOptions() {
    std::string text = "options:";
    for (const auto& option : porting::store_options())
      text += " " + option.first + "=" + porting::SystemOptions::get().value_of(option.first);
    return text;
  }
};

}  // namespace ps
