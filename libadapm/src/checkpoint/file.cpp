#include "checkpoint/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "adapm/error.hpp"

namespace adapm::checkpoint {

namespace {

/// Some systems write or read at most 2 GiB a call.
constexpr std::size_t largest_transfer = std::size_t{1} << 30U;

[[noreturn]] void cannot(const char* doing, const std::filesystem::path& name, int reason) {
  std::string message = std::string("cannot ") + doing + " " + name.string() + ": " + std::strerror(reason);
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)
    message += "; make room there, or save to another folder";
  if (reason == ENOENT)
    message += "; if it exists on another host: checkpoints need a folder that all ranks share";
  throw CheckpointError(message);
}

int open_to_read(const std::filesystem::path& name) {
  const int descriptor = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) cannot("open", name, errno);
  return descriptor;
}

std::uint64_t size_of(int descriptor, const std::filesystem::path& name) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) cannot("read", name, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path name)
    : name_(std::move(name)), descriptor_(open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) cannot("create", name_, errno);
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), largest_transfer));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    bytes_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void OutputFile::finish() {
  if (fsync(descriptor_) != 0) fail();
  if (close(std::exchange(descriptor_, -1)) != 0) fail();
}

void OutputFile::fail() const { cannot("write", name_, errno); }

InputFile::InputFile(std::filesystem::path name)
    : name_(std::move(name)), descriptor_(open_to_read(name_)), bytes_(size_of(descriptor_, name_)) {}

InputFile::~InputFile() { close(descriptor_); }

void InputFile::read(std::uint64_t offset, std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t got = pread(descriptor_, to.data(), std::min(to.size(), largest_transfer), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) cannot("read", name_, errno);
    if (got == 0) refuse("is truncated");
    offset += static_cast<std::uint64_t>(got);
    to = to.subspan(static_cast<std::size_t>(got));
  }
}

void InputFile::refuse(const std::string& why) const {
  const std::filesystem::path checkpoint = name_.parent_path();
  throw CheckpointError(name_.string() + " " + why + "; remove " + checkpoint.string() +
                        " to go on with the checkpoint before it");
}

void write_file(const std::filesystem::path& name, std::string_view content) {
  OutputFile file(name);
  file.write(std::as_bytes(std::span(content)));
  file.finish();
}

std::string read_file(const std::filesystem::path& name) {
  const InputFile file(name);
  std::string content(file.bytes(), '\0');
  file.read(0, std::as_writable_bytes(std::span(content)));
  return content;
}

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) cannot("open", folder, errno);
  const int result = fsync(descriptor);
  const int reason = errno;
  close(descriptor);
  // Some network file systems have no such call for folders; they order it themselves.
  if (result != 0 && reason != EINVAL && reason != ENOTSUP) cannot("write", folder, reason);
}

}  // namespace adapm::checkpoint
