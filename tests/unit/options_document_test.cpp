// docs/options.md has a row for every option, as the table in the code has it.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "adapm/options.hpp"

using namespace adapm;

namespace {

std::string row(const OptionDescription& option) {
  std::string values(option.values);
  for (std::size_t at = 0; (at = values.find('|', at)) != std::string::npos; at += 2) values.replace(at, 1, "\\|");
  return "| `--" + std::string(option.name) + "` | " + values + " | " + option.get(Options{}) + " | " +
         std::string(option.help) + " |";
}

}  // namespace

TEST_CASE("the document of the options is that of the code") {
  std::ifstream file(ADAPM_OPTIONS_DOCUMENT);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = text.str().find("\n| `--", at)) != std::string::npos; ++at) ++rows;
  CHECK(rows == option_descriptions().size());
  for (const OptionDescription& option : option_descriptions()) CHECK_THAT(text.str(), Catch::Contains(row(option)));
}
