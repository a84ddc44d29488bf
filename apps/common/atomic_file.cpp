#include "common/atomic_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace adapm::apps {

AtomicFile::AtomicFile(std::string name)
    : name_(std::move(name)), temporary_(name_ + ".tmp"), file_(std::fopen(temporary_.c_str(), "wb")) {
  if (file_ == nullptr) fail("create");
}

AtomicFile::~AtomicFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::remove(temporary_.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  if (std::fwrite(data, 1, bytes, file_) != bytes) fail("write");
}

void AtomicFile::commit() {
  if (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0) fail("write");
  const int closed = std::fclose(std::exchange(file_, nullptr));
  if (closed != 0 || std::rename(temporary_.c_str(), name_.c_str()) != 0) {
    const int reason = errno;
    std::remove(temporary_.c_str());
    errno = reason;
    fail("write");
  }
}

void AtomicFile::fail(const char* doing) const {
  throw std::runtime_error(std::string("cannot ") + doing + " " + name_ + ": " + std::strerror(errno));
}

}  // namespace adapm::apps
