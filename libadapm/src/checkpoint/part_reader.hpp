// Reads a part of a checkpoint, see part_format.hpp, and believes nothing of it before a checksum says so. Not
// thread-safe. Every error is a CheckpointError that names the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include "adapm/value_layout.hpp"
#include "checkpoint/file.hpp"
#include "checkpoint/part_format.hpp"
#include "checkpoint/value_block.hpp"

namespace adapm::checkpoint {

/// What the manifest says of a part.
struct PartDescription {
  std::uint64_t keys = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const PartDescription&, const PartDescription&) = default;
};

template <class V>
class PartReader {
 public:
  /// Looks at its size and head. `expected`: what the head must say.
  PartReader(const std::filesystem::path& name, const ValueLayout& layout, const PartHead& expected,
             const PartDescription& description)
      : file_(name), layout_(layout), description_(description) {
    check_size();
    check_head(expected);
  }

  /// Reads every `step`-th block, from number `first` on: so ranks share a part.
  void share(std::uint32_t first, std::uint32_t step) {
    first_ = first;
    step_ = step;
  }

  /// Replaces `block` with the next one; false at the end of the part.
  bool next(ValueBlock<V>& block) {
    for (;;) {
      const BlockHead head = next_head();
      if (head.kind == BlockHead::Kind::end) return check_end(head);
      const std::uint64_t content = offset_;
      offset_ += head.bytes;
      keys_ += head.keys;
      if (head.number % step_ != first_ % step_) continue;
      read_block(head, content, block);
      return true;
    }
  }

 private:
  void check_size() const {
    if (file_.bytes() < description_.bytes) file_.refuse("is truncated: it has " + of_bytes());
    if (file_.bytes() > description_.bytes) file_.refuse("is corrupted: it has " + of_bytes());
  }
  [[nodiscard]] std::string of_bytes() const {
    return std::to_string(file_.bytes()) + " bytes instead of " + std::to_string(description_.bytes);
  }

  void check_head(const PartHead& expected) {
    PartHead head;
    read(head);
    if (head.magic != PartHead::right_magic) file_.refuse("is corrupted: it does not begin as a part of a checkpoint");
    if (head.byte_order != PartHead::right_byte_order) file_.refuse("was written by a machine of another byte order");
    if (head.version != format_version)
      file_.refuse("has format " + std::to_string(head.version) + ", and this program reads format " +
                   std::to_string(format_version));
    if (head.checksum != checksum_of(head)) file_.refuse("is corrupted: the checksum of its head is wrong");
    if (head.checkpoint != expected.checkpoint || head.part != expected.part || head.num_keys != layout_.num_keys() ||
        head.element_bytes != sizeof(V))
      file_.refuse("is of another checkpoint than its manifest");
  }

  BlockHead next_head() {
    BlockHead head;
    read(head);
    const bool known = head.kind == BlockHead::Kind::values || head.kind == BlockHead::Kind::end;
    if (!known || head.checksum != checksum_of(head) || head.number != blocks_)
      file_.refuse("is corrupted: the head of block " + std::to_string(blocks_) + " is wrong");
    if (head.bytes > file_.bytes() - offset_ || head.keys > layout_.num_keys())
      file_.refuse("is corrupted: block " + std::to_string(blocks_) + " is too large");
    ++blocks_;
    return head;
  }

  void read_block(const BlockHead& head, std::uint64_t at, ValueBlock<V>& block) {
    const std::uint64_t key_bytes = head.keys * sizeof(Key);
    if (key_bytes > head.bytes) refuse_block(head);
    block.clear();
    block.keys.resize(head.keys);
    block.values.resize_discarding(head.bytes - key_bytes);
    file_.read(at, std::as_writable_bytes(std::span(block.keys)));
    file_.read(at + key_bytes, {block.values.data(), block.values.size()});
    if (crc32c(crc32c(0, block.key_bytes()), block.value_bytes()) != head.content) refuse_block(head);
    std::uint64_t value_bytes = 0;
    for (const Key key : block.keys) {
      if (key >= layout_.num_keys()) refuse_block(head);
      value_bytes += layout_.length(key) * sizeof(V);
    }
    if (value_bytes != block.values.size()) refuse_block(head);
  }

  [[noreturn]] void refuse_block(const BlockHead& head) const {
    file_.refuse("is corrupted: the content of block " + std::to_string(head.number) + " is not what was written");
  }

  bool check_end(const BlockHead& head) const {
    if (head.keys != keys_ || keys_ != description_.keys || offset_ != file_.bytes())
      file_.refuse("is corrupted: its end is not that of its blocks");
    return false;
  }

  template <class Head>
  void read(Head& head) {
    if (file_.bytes() - offset_ < sizeof head) file_.refuse("is truncated");
    file_.read(offset_, std::as_writable_bytes(std::span(&head, 1)));
    offset_ += sizeof head;
  }

  const InputFile file_;
  const ValueLayout layout_;
  const PartDescription description_;
  std::uint64_t offset_ = 0;
  std::uint32_t blocks_ = 0;
  std::uint64_t keys_ = 0;
  std::uint32_t first_ = 0;
  std::uint32_t step_ = 1;
};

}  // namespace adapm::checkpoint
