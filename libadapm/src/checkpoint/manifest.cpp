#include "checkpoint/manifest.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <span>

#include "adapm/error.hpp"
#include "checkpoint/crc32c.hpp"

namespace adapm::checkpoint {

namespace {

constexpr std::string_view title = "adapm checkpoint, format ";
constexpr std::string_view checksum_name = "checksum ";

std::string hexadecimal(std::uint32_t number) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", number);
  return text;
}

std::string checksum_line(std::string_view text) {
  return std::string(checksum_name) + hexadecimal(crc32c(0, std::as_bytes(std::span(text)))) + "\n";
}

std::string time_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

bool stands_for_itself(char c) { return c >= ' ' && c <= '~' && c != '\\'; }

/// On one line; what is not printable as \xx.
std::string escaped(std::string_view raw) {
  std::string text;
  for (const char c : raw) {
    if (stands_for_itself(c)) {
      text += c;
    } else {
      text += '\\' + hexadecimal(static_cast<unsigned char>(c)).substr(6);
    }
  }
  return text;
}

/// Reads the lines of a manifest in their order; whatever is not as expected is refused.
class Lines {
 public:
  Lines(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  /// What follows `name` on the next line.
  std::string_view take(std::string_view name) {
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos || !text_.starts_with(name)) refuse();
    const std::string_view value = text_.substr(name.size(), end - name.size());
    text_.remove_prefix(end + 1);
    return value;
  }
  [[nodiscard]] bool next_is(std::string_view name) const { return text_.starts_with(name); }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

  [[nodiscard]] std::uint64_t number(std::string_view digits) const {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) refuse();
    return value;
  }

  [[nodiscard]] std::string unescaped(std::string_view text) const {
    std::string raw;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        raw += text[i];
        continue;
      }
      unsigned value = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) refuse();
      raw += static_cast<char>(value);
      i += 2;
    }
    return raw;
  }

  [[noreturn]] void refuse() const {
    throw CheckpointError(file_ + " is corrupted: it is not a manifest as it was written; remove its folder to go on "
                                  "with the checkpoint before it");
  }

 private:
  std::string_view text_;
  const std::string& file_;
};

/// "keys 12 bytes 345"
PartDescription part_from(std::string_view text, const Lines& lines) {
  constexpr std::string_view keys = "keys ", bytes = " bytes ";
  const std::size_t middle = text.find(bytes);
  if (!text.starts_with(keys) || middle == std::string_view::npos) lines.refuse();
  return {lines.number(text.substr(keys.size(), middle - keys.size())),
          lines.number(text.substr(middle + bytes.size()))};
}

void check_same(const std::string& name, const std::string& saved, const std::string& here, const std::string& file) {
  if (saved == here) return;
  throw CheckpointError(file + ": " + name + " is " + saved + " in the checkpoint and " + here +
                        " in the store; load it into a store like the one that saved it");
}

}  // namespace

Manifest Manifest::of(std::uint64_t number, const char* element, const ValueLayout& layout) {
  Manifest manifest;
  manifest.number = number;
  manifest.saved = time_now();
  manifest.element = element;
  manifest.keys = layout.num_keys();
  if (layout.is_uniform()) {
    manifest.value_length = std::to_string(layout.length(0));
    return manifest;
  }
  std::uint32_t checksum = 0;
  for (Key key = 0; key < layout.num_keys(); ++key) {
    const std::uint64_t length = layout.length(key);
    checksum = crc32c(checksum, std::as_bytes(std::span(&length, 1)));
  }
  manifest.value_length = "per key, checksum " + hexadecimal(checksum);
  return manifest;
}

std::string to_text(const Manifest& manifest) {
  std::string text(title);
  text += std::to_string(format_version) + "\n";
  text += "number " + std::to_string(manifest.number) + "\n";
  text += "saved " + manifest.saved + "\n";
  text += "element " + manifest.element + "\n";
  text += "keys " + std::to_string(manifest.keys) + "\n";
  text += "value length " + manifest.value_length + "\n";
  for (std::size_t i = 0; i < manifest.parts.size(); ++i)
    text += "part-" + std::to_string(i) + " keys " + std::to_string(manifest.parts[i].keys) + " bytes " +
            std::to_string(manifest.parts[i].bytes) + "\n";
  for (std::size_t i = 0; i < manifest.states.size(); ++i)
    text += "state-" + std::to_string(i) + " " + escaped(manifest.states[i]) + "\n";
  return text + checksum_line(text);
}

Manifest manifest_from_text(std::string_view text, const std::string& file) {
  Lines lines(text, file);
  const std::string_view version = lines.take(title);
  if (version != std::to_string(format_version))
    throw CheckpointError(file + " has format " + std::string(version) + ", and this program reads format " +
                          std::to_string(format_version) + "; load it with the version that saved it");
  const std::size_t end = text.rfind(checksum_name);
  if (end == std::string_view::npos || text.substr(end) != checksum_line(text.substr(0, end))) lines.refuse();
  Manifest manifest;
  manifest.number = lines.number(lines.take("number "));
  manifest.saved = lines.take("saved ");
  manifest.element = lines.take("element ");
  manifest.keys = lines.number(lines.take("keys "));
  manifest.value_length = lines.take("value length ");
  while (lines.next_is("part-"))
    manifest.parts.push_back(part_from(lines.take("part-" + std::to_string(manifest.parts.size()) + " "), lines));
  while (lines.next_is("state-"))
    manifest.states.push_back(
        lines.unescaped(lines.take("state-" + std::to_string(manifest.states.size()) + " ")));
  lines.take(checksum_name);
  std::uint64_t keys = 0;
  for (const PartDescription& part : manifest.parts) keys += part.keys;
  if (!lines.at_end() || keys != manifest.keys || manifest.states.size() != manifest.parts.size()) lines.refuse();
  return manifest;
}

void check_shape(const Manifest& manifest, const Manifest& expected, const std::string& file) {
  check_same("the element type", manifest.element, expected.element, file);
  check_same("the number of keys", std::to_string(manifest.keys), std::to_string(expected.keys), file);
  check_same("the value length", manifest.value_length, expected.value_length, file);
}

}  // namespace adapm::checkpoint
