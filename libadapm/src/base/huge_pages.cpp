#include "base/huge_pages.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

namespace adapm::base {

namespace {

constexpr std::uintptr_t huge = huge_page_bytes;

// Newer than the C library of some systems on which the kernel has them.
constexpr int populate_write = 23;  // MADV_POPULATE_WRITE, Linux 5.14
constexpr int collapse = 25;        // MADV_COLLAPSE, Linux 6.1

std::uintptr_t address_of(const std::byte* memory) { return reinterpret_cast<std::uintptr_t>(memory); }

std::uintptr_t rounded_up(std::uintptr_t address, std::uintptr_t unit) { return (address + unit - 1) / unit * unit; }

/// What lies in whole huge pages. Each must have a page that exists before the rest can join it.
void use_huge_pages(std::byte* memory, std::size_t bytes) {
  std::byte* const begin = memory + (rounded_up(address_of(memory), huge) - address_of(memory));
  if (begin + huge > memory + bytes) return;
  const std::size_t whole = static_cast<std::size_t>(memory + bytes - begin) / huge * huge;
  madvise(begin, whole, MADV_HUGEPAGE);
  for (std::size_t at = 0; at < whole; at += huge)
    if (madvise(begin + at, page_bytes, populate_write) != 0) return;
  madvise(begin, whole, collapse);
}

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::uint64_t offset = 0;  // in its file
  bool shared = false;
};

/// The one that `memory` lies in.
std::optional<Mapping> mapping_of(const std::byte* memory) {
  std::FILE* const maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) return std::nullopt;
  std::optional<Mapping> found;
  char line[512];
  while (!found && std::fgets(line, sizeof line, maps) != nullptr) {
    Mapping mapping;
    char rights[5] = "";
    const bool is_one = std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %" SCNx64, &mapping.begin, &mapping.end, rights,
                                    &mapping.offset) == 4;
    mapping.shared = rights[3] == 's';
    if (is_one && mapping.begin <= address_of(memory) && address_of(memory) < mapping.end) found = mapping;
  }
  std::fclose(maps);
  return found;
}

}  // namespace

bool populate(std::byte* memory, std::size_t bytes) {
  if (bytes == 0) return true;
  use_huge_pages(memory, bytes);
  if (madvise(memory, bytes, populate_write) == 0) return true;
  if (errno != EINVAL) return false;
  for (std::size_t at = 0; at < bytes; at += page_bytes) memory[at] = std::byte{0};  // kernel before 5.14
  return true;
}

HugeView::HugeView(const std::byte* memory) {
  const std::optional<Mapping> mapping = mapping_of(memory);
  if (!mapping || !mapping->shared || mapping->end - mapping->begin < huge) return;
  const std::size_t bytes = mapping->end - mapping->begin;
  // Room enough to choose an address as far behind a huge page's begin as the file's offset is.
  const std::size_t room = bytes + 2 * huge;
  void* const reserved = mmap(nullptr, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return;
  auto* const begin = static_cast<std::byte*>(reserved);
  std::byte* const place = begin + (rounded_up(address_of(begin), huge) - address_of(begin)) + mapping->offset % huge;
  // Of old size 0: not moved, but mapped a second time. By the system call itself: UCX puts a function of its own in the
  // place of mremap, which forgets the address.
  if (syscall(SYS_mremap, mapping->begin, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place) == -1) {
    munmap(reserved, room);
    return;
  }
  if (place > begin) munmap(begin, static_cast<std::size_t>(place - begin));
  munmap(place + bytes, static_cast<std::size_t>(begin + room - (place + bytes)));
  original_ = reinterpret_cast<const std::byte*>(mapping->begin);
  view_ = place;
  bytes_ = bytes;
}

HugeView::~HugeView() {
  if (view_ != nullptr) munmap(view_, bytes_);
}

HugeView::HugeView(HugeView&& other) noexcept { *this = std::move(other); }

HugeView& HugeView::operator=(HugeView&& other) noexcept {
  std::swap(original_, other.original_);
  std::swap(view_, other.view_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

std::byte* HugeView::at(std::byte* memory) const {
  const std::uintptr_t distance = address_of(memory) - address_of(original_);
  return view_ != nullptr && distance < bytes_ ? view_ + distance : memory;
}

}  // namespace adapm::base
