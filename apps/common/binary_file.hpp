// Binary files of the applications, little-endian: a header, which begins with eight letters that tell the
// kind of file and a version, and then what the header announces.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <type_traits>

namespace adapm::apps {

static_assert(std::endian::native == std::endian::little, "the file formats are little-endian");

/// What every header begins with.
struct FileMark {
  static constexpr std::uint32_t current_version = 1;

  FileMark() = default;
  /// `kind` has eight letters.
  explicit FileMark(std::string_view kind) : version(current_version) { kind.copy(letters, sizeof letters); }

  char letters[8] = {};
  std::uint32_t version = 0;
};
static_assert(std::is_trivially_copyable_v<FileMark> && sizeof(FileMark) == 12);

/// Reads such a file, a part at a time. Not thread-safe.
/// Errors  apps::InputError naming the file and what is wrong with it.
class BinaryReader {
 public:
  /// `option` is the one that writes such files, e.g. "--output": for messages.
  BinaryReader(std::string path, std::string option);

  [[nodiscard]] const std::string& path() const { return path_; }

  /// The header, a struct that begins with a FileMark called `mark`. An error if the file is of another kind
  /// or version.
  template <class Header>
  [[nodiscard]] Header header(std::string_view kind) {
    static_assert(std::is_trivially_copyable_v<Header>);
    Header header{};
    check_holds(sizeof header);
    read(0, &header, sizeof header);
    check_mark(header.mark, kind);
    return header;
  }

  /// For a header that cannot be.
  [[noreturn]] void reject_header() const;
  /// Errors  if the file is shorter or longer than its header says.
  void check_bytes(std::uint64_t expected) const;

  void read(std::uint64_t offset, void* data, std::size_t bytes);

 private:
  void check_holds(std::size_t header_bytes) const;
  void check_mark(const FileMark& mark, std::string_view kind) const;

  const std::string path_;
  const std::string option_;
  std::ifstream file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace adapm::apps
