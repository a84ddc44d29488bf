#include "common/command_line.hpp"

#include <algorithm>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <charconv>
#include <cmath>
#include <iostream>
#include <numeric>
#include <sstream>
#include <utility>

#include "adapm/error.hpp"

namespace adapm::apps {

namespace po = boost::program_options;

namespace {

constexpr unsigned help_width = 110;

std::string long_name(const std::string& names) { return names.substr(0, names.find(',')); }

template <class T>
std::string to_text(T value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

template <class T>
T parse_number(const std::string& flag, const std::string& text, const char* kind, Bounds<T> bounds) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool parsed = error == std::errc() && end == text.data() + text.size();
  if (parsed && value >= bounds.min && value <= bounds.max) return value;
  std::string message = "--" + flag + " takes " + kind;
  if (bounds.min != Bounds<T>().min) message += " of at least " + to_text(bounds.min);
  if (bounds.max != Bounds<T>().max) {
    message += (bounds.min != Bounds<T>().min ? " and at most " : " of at most ") + to_text(bounds.max);
  }
  throw CommandLineError(message + ", not '" + text + "'");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

CommandLine::CommandLine(std::string program, std::string summary)
    : program_(std::move(program)), summary_(std::move(summary)) {}

CommandLine& CommandLine::group(const std::string& title) {
  groups_.push_back(std::make_unique<po::options_description>(title, help_width, help_width / 2));
  return *this;
}

void CommandLine::add_value(const std::string& names, const std::string& help, const std::string& value_name,
                            Setter setter) {
  auto* value = po::value<std::string>();
  value->value_name(value_name);
  groups_.back()->add_options()(names.c_str(), value, help.c_str());
  setters_[long_name(names)] = std::move(setter);
}

CommandLine& CommandLine::add(const std::string& names, const std::string& help, std::int64_t& target,
                              Bounds<std::int64_t> bounds) {
  add_value(names, help + " (" + to_text(target) + ")", "N",
            [flag = long_name(names), &target, bounds](const std::string& text) {
              target = parse_number<std::int64_t>(flag, text, "a whole number", bounds);
            });
  return *this;
}

CommandLine& CommandLine::add(const std::string& names, const std::string& help, double& target,
                              Bounds<double> bounds) {
  const std::string shown = std::isinf(target) ? "" : " (" + to_text(target) + ")";
  add_value(names, help + shown, "X", [flag = long_name(names), &target, bounds](const std::string& text) {
    target = parse_number<double>(flag, text, "a number", bounds);
  });
  return *this;
}

CommandLine& CommandLine::add(const std::string& names, const std::string& help, std::string& target,
                              const std::string& value_name) {
  const std::string shown = target.empty() ? "" : " (" + target + ")";
  add_value(names, help + shown, value_name, [flag = long_name(names), &target](const std::string& text) {
    if (text.empty()) throw CommandLineError("--" + flag + " was given an empty value");
    target = text;
  });
  return *this;
}

CommandLine& CommandLine::add_choice(const std::string& names, const std::string& help, std::string& target,
                                     const std::vector<std::string>& choices) {
  std::string list;
  for (const std::string& choice : choices) list += (list.empty() ? "" : "|") + choice;
  add_value(names, help + " (" + target + ")", list,
            [flag = long_name(names), &target, choices, list](const std::string& text) {
              if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
                throw CommandLineError("--" + flag + " takes " + list + ", not '" + text + "'");
              }
              target = text;
            });
  return *this;
}

CommandLine& CommandLine::add(const std::string& names, const std::string& help, bool& target) {
  groups_.back()->add_options()(names.c_str(), help.c_str());
  setters_[long_name(names)] = [&target](const std::string&) { target = true; };
  return *this;
}

CommandLine& CommandLine::add_store_options(Options& options) {
  try {
    options = options_from_environment();
  } catch (const ConfigurationError& error) {
    throw CommandLineError(error.what());
  }
  group("Store (also as environment variables, e.g. ADAPM_SYNC_MAX_PER_SEC)");
  for (const OptionDescription& option : option_descriptions()) {
    add_value(std::string(option.name), std::string(option.help) + " (" + option.get(options) + ")",
              std::string(option.values), [&options, &option](const std::string& text) {
                try {
                  option.set(options, text);
                } catch (const ConfigurationError& error) {
                  throw CommandLineError(error.what());
                }
              });
  }
  return *this;
}

po::options_description CommandLine::all_options() const {
  po::options_description all(help_width, help_width / 2);
  for (const auto& group : groups_) all.add(*group);
  po::options_description general("General", help_width, help_width / 2);
  general.add_options()("help,h", "print this text and exit");
  all.add(general);
  return all;
}

std::string CommandLine::help() const {
  std::ostringstream text;
  text << program_ << ": " << summary_ << "\n\n" << all_options();
  return text.str();
}

void CommandLine::throw_unknown(const std::string& flag) const {
  const std::string name = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
  std::string nearest;
  std::size_t smallest = name.size() / 3 + 2;
  for (const auto& [known, setter] : setters_) {
    const std::size_t distance = edit_distance(name, known);
    if (distance < smallest) {
      smallest = distance;
      nearest = known;
    }
  }
  const std::string suggestion = nearest.empty() ? "" : "did you mean --" + nearest + "? ";
  throw CommandLineError("unknown option " + flag + "; " + suggestion + "--help lists all options");
}

bool CommandLine::parse(int argc, const char* const* argv) const {
  const po::options_description all = all_options();
  po::variables_map given;
  try {
    const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    const auto parsed = po::command_line_parser(argc, argv).options(all).style(style).run();
    for (const auto& option : parsed.options) {
      if (option.string_key.empty()) {
        const std::string word = option.value.empty() ? "" : option.value.front();
        throw CommandLineError("unexpected argument '" + word +
                               "': options begin with --; --help lists them");
      }
    }
    po::store(parsed, given);
  } catch (const po::unknown_option& error) {
    throw_unknown(error.get_option_name());
  } catch (const po::error& error) {
    throw CommandLineError(std::string(error.what()) + "; --help lists all options");
  }
  if (given.count("help") != 0) {
    if (is_first_rank()) std::cout << help() << std::flush;
    return false;
  }
  for (const auto& [name, setter] : setters_) {
    const auto found = given.find(name);
    if (found == given.end()) continue;
    const auto* text = boost::any_cast<std::string>(&found->second.value());
    setter(text != nullptr ? *text : std::string());
  }
  return true;
}

}  // namespace adapm::apps
