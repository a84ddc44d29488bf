// Text files that are small enough to be read at once, and their lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace adapm::apps {

/// The content of a file.   Errors  InputError if it cannot be read.
std::string read_file(const std::string& path);

/// The lines of a text, without line ends; knows the number of the current one. Text and name must outlive
/// it.
class Lines {
 public:
  Lines(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  /// The next line that is not blank; nothing at the end.
  std::optional<std::string_view> next();
  /// Of the line that `next` returned last, from 1.
  [[nodiscard]] std::size_t number() const { return number_; }

  /// Errors  InputError "file:line: message".
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail_expecting(const std::string& expected, std::string_view line) const;

 private:
  std::string_view rest_;
  const std::string& file_;
  std::size_t number_ = 0;
};

}  // namespace adapm::apps
