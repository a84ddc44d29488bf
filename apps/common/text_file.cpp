#include "common/text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "common/program.hpp"

namespace adapm::apps {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw InputError("cannot open " + path + ": " + std::strerror(errno));
  std::string text(static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0)), '\0');
  file.seekg(0);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file) throw InputError("cannot read " + path + ": " + std::strerror(errno));
  return text;
}

std::optional<std::string_view> Lines::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") != line.npos) return line;
  }
  return std::nullopt;
}

void Lines::fail(const std::string& message) const {
  throw InputError(file_ + ":" + std::to_string(number_) + ": " + message);
}

void Lines::fail_expecting(const std::string& expected, std::string_view line) const {
  fail("expected " + expected + ", found '" + std::string(line.substr(0, 80)) + "'");
}

}  // namespace adapm::apps
