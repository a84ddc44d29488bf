// A file that appears under its name only when it is complete: written beside it as NAME.tmp, then renamed.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace adapm::apps {

/// Not thread-safe. Every error is a std::runtime_error that names the file and the reason.
class AtomicFile {
 public:
  /// Creates NAME.tmp.
  explicit AtomicFile(std::string name);
  /// Removes NAME.tmp unless committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Brings everything to the disk and gives the file its name. Nothing may be written afterwards.
  void commit();

 private:
  [[noreturn]] void fail(const char* doing) const;

  const std::string name_;
  const std::string temporary_;
  std::FILE* file_;  // null after commit
};

}  // namespace adapm::apps
