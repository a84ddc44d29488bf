// Measurements for programs to read: a file of JSON objects, one a line, written as they come.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace adapm::apps {

/// A JSON object under construction; members keep the order in which they were added.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, double value);  ///< null if it is not finite
  JsonObject& add(std::string_view name, std::uint64_t value);
  JsonObject& add(std::string_view name, std::string_view value);
  JsonObject& add(std::string_view name, const JsonObject& value);

  /// The text, without newline.
  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  void add_raw(std::string_view name, std::string_view text);
  std::string members_;
};

/// Not thread-safe. Without a path, nothing is written.
class MetricsFile {
 public:
  MetricsFile() = default;
  /// With `append`, lines are added to what the file has.
  /// Errors  std::runtime_error if the file cannot be created.
  explicit MetricsFile(const std::string& path, bool append = false);

  /// Adds a line and flushes it.   Errors  std::runtime_error if it cannot be written.
  void write(const JsonObject& line);

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace adapm::apps
