#include <cstring>

#include "c/handles.hpp"

using adapm::c::given;
using adapm::c::guarded;

namespace {

std::string help_text() {
  const adapm::Options defaults;
  std::string text;
  for (const adapm::OptionDescription& option : adapm::option_descriptions())
    text.append(option.name)
        .append(" ")
        .append(option.values)
        .append(" (")
        .append(option.get(defaults))
        .append("): ")
        .append(option.help)
        .append("\n");
  return text;
}

}  // namespace

adapm_status adapm_options_create(adapm_options** options) {
  return guarded([&] { given(options, "options") = new adapm_options{adapm::options_from_environment()}; });
}

void adapm_options_destroy(adapm_options* options) { delete options; }

adapm_status adapm_options_set(adapm_options* options, const char* name, const char* value) {
  return guarded([&] {
    adapm::set_option(given(options, "options").options, &given(name, "name"), &given(value, "value"));
  });
}

adapm_status adapm_options_get(const adapm_options* options, const char* name, char* value,
                               std::size_t capacity) {
  return guarded([&] {
    const std::string text = adapm::get_option(given(options, "options").options, &given(name, "name"));
    if (text.size() >= capacity)
      throw adapm::UsageError("the value '" + text + "' needs a capacity of " +
                              std::to_string(text.size() + 1));
    std::memcpy(&given(value, "value"), text.c_str(), text.size() + 1);
  });
}

const char* adapm_options_help(void) {
  const char* help = "";
  guarded([&] {
    static const std::string text = help_text();
    help = text.c_str();
  });
  return help;
}
