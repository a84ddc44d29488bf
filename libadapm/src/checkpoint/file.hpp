// Files as checkpoints need them: everything that is written is on the disk before anybody relies on it, and every error
// is a CheckpointError that names the file, the reason and what to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace adapm::checkpoint {

/// A new file, written front to back. Not thread-safe.
class OutputFile {
 public:
  /// Creates it; it must not exist.
  explicit OutputFile(std::filesystem::path name);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes);
  /// Returns when everything is on the disk. Nothing may be written afterwards.
  void finish();
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  [[noreturn]] void fail() const;

  const std::filesystem::path name_;
  int descriptor_;
  std::uint64_t bytes_ = 0;
};

/// Read at any place. Not thread-safe.
class InputFile {
 public:
  explicit InputFile(std::filesystem::path name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  [[nodiscard]] const std::filesystem::path& name() const { return name_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Fills `to`.   Errors  CheckpointError also if the file ends before.
  void read(std::uint64_t offset, std::span<std::byte> to) const;
  /// Throws: the file is not what it should be.
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  const std::filesystem::path name_;
  const int descriptor_;
  const std::uint64_t bytes_;
};

/// Writes a whole file.
void write_file(const std::filesystem::path& name, std::string_view content);
/// Reads a whole file.
[[nodiscard]] std::string read_file(const std::filesystem::path& name);
/// Returns when the names in the folder are on the disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace adapm::checkpoint
