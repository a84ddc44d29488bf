#include "common/binary_file.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/program.hpp"

namespace adapm::apps {

BinaryReader::BinaryReader(std::string path, std::string option)
    : path_(std::move(path)), option_(std::move(option)), file_(path_, std::ios::binary | std::ios::ate) {
  if (!file_) throw InputError("cannot open " + path_ + ": " + std::strerror(errno));
  bytes_ = static_cast<std::uint64_t>(std::max<std::streamoff>(file_.tellg(), 0));
}

void BinaryReader::check_holds(std::size_t header_bytes) const {
  if (bytes_ < header_bytes) throw InputError(path_ + " is too short to be a file of " + option_);
}

void BinaryReader::check_mark(const FileMark& mark, std::string_view kind) const {
  if (std::string_view(mark.letters, sizeof mark.letters) != kind) {
    throw InputError(path_ + " is not a file of " + option_);
  }
  if (mark.version != FileMark::current_version) reject_header();
}

void BinaryReader::reject_header() const {
  throw InputError(path_ + " has a header that this version of the program does not understand");
}

void BinaryReader::check_bytes(std::uint64_t expected) const {
  if (bytes_ == expected) return;
  throw InputError(path_ + " has " + std::to_string(bytes_) + " bytes; its header calls for " +
                   std::to_string(expected));
}

void BinaryReader::read(std::uint64_t offset, void* data, std::size_t bytes) {
  file_.seekg(static_cast<std::streamoff>(offset));
  file_.read(static_cast<char*>(data), static_cast<std::streamsize>(bytes));
  if (!file_) throw InputError("cannot read " + path_ + ": " + std::strerror(errno));
}

}  // namespace adapm::apps
