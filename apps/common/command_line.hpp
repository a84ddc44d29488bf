// An application's command line: its own options in groups, and all --sys.* options of the store, which are
// made from the library's table and start from the environment. Every value is checked; the message of an
// error names the flag and what it takes. An option's default is the value that its target has when it is
// added.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapm/options.hpp"
#include "common/program.hpp"

namespace adapm::apps {

/// The smallest and the largest value that an option takes.
template <class T>
struct Bounds {
  using Limits = std::numeric_limits<T>;
  T min = Limits::lowest();
  T max = Limits::has_infinity ? Limits::infinity() : Limits::max();
};

/// Targets must outlive the call of `parse`.
class CommandLine {
 public:
  /// `program` is the name for messages, `summary` the first line of the help text.
  CommandLine(std::string program, std::string summary);

  /// Begins a group of options; `add` adds to the last group begun. `names` is "long" or "long,s".
  CommandLine& group(const std::string& title);
  CommandLine& add(const std::string& names, const std::string& help, std::int64_t& target,
                   Bounds<std::int64_t> bounds);
  CommandLine& add(const std::string& names, const std::string& help, double& target, Bounds<double> bounds);
  /// `value_name` is what the help text calls the value, e.g. "FILE".
  CommandLine& add(const std::string& names, const std::string& help, std::string& target,
                   const std::string& value_name);
  /// One of `choices`.
  CommandLine& add_choice(const std::string& names, const std::string& help, std::string& target,
                          const std::vector<std::string>& choices);
  /// A flag without value.
  CommandLine& add(const std::string& names, const std::string& help, bool& target);
  /// All options of the store, in a group of their own; `options` is set from the environment first.
  /// Errors  CommandLineError naming the variable.
  CommandLine& add_store_options(Options& options);

  /// Sets the targets. Returns false if --help was given: then the help text is printed, and nothing else is
  /// to do. Errors  CommandLineError.
  [[nodiscard]] bool parse(int argc, const char* const* argv) const;

  /// The help text.
  [[nodiscard]] std::string help() const;

 private:
  using Setter = std::function<void(const std::string&)>;
  void add_value(const std::string& names, const std::string& help, const std::string& value_name,
                 Setter setter);
  [[nodiscard]] boost::program_options::options_description all_options() const;
  [[noreturn]] void throw_unknown(const std::string& flag) const;

  std::string program_;
  std::string summary_;
  std::vector<std::unique_ptr<boost::program_options::options_description>> groups_;
  std::map<std::string, Setter> setters_;  // by long name; take the text, which is empty for a flag
};

}  // namespace adapm::apps
