#include "common/metrics.hpp"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace adapm::apps {

namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      result += escape;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace

void JsonObject::add_raw(std::string_view name, std::string_view text) {
  if (!members_.empty()) members_ += ", ";
  members_.append(quoted(name)).append(": ").append(text);
}

JsonObject& JsonObject::add(std::string_view name, double value) {
  char digits[32];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 9);
  const bool printable = std::isfinite(value) && error == std::errc();
  add_raw(name, printable ? std::string_view(digits, static_cast<std::size_t>(end - digits)) : "null");
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::uint64_t value) {
  add_raw(name, std::to_string(value));
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::string_view value) {
  add_raw(name, quoted(value));
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, const JsonObject& value) {
  add_raw(name, value.text());
  return *this;
}

MetricsFile::MetricsFile(const std::string& path, bool append)
    : path_(path), file_(path, append ? std::ios::app : std::ios::out) {
  if (!file_) throw std::runtime_error("cannot create " + path + ": " + std::strerror(errno));
}

void MetricsFile::write(const JsonObject& line) {
  if (path_.empty()) return;
  file_ << line.text() << '\n' << std::flush;
  if (!file_) throw std::runtime_error("cannot write " + path_ + ": " + std::strerror(errno));
}

}  // namespace adapm::apps
