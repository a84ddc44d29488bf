// Writes a part of a checkpoint, see part_format.hpp. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>

#include "checkpoint/file.hpp"
#include "checkpoint/part_format.hpp"
#include "checkpoint/value_block.hpp"

namespace adapm::checkpoint {

template <class V>
class PartWriter {
 public:
  /// Creates the file. Of `head`, what the caller knows; the rest is filled in.
  PartWriter(const std::filesystem::path& name, PartHead head) : file_(name) {
    head.element_bytes = sizeof(V);
    write_head(head);
  }

  void write(const ValueBlock<V>& block) {
    BlockHead head;
    head.number = blocks_++;
    head.keys = block.keys.size();
    head.bytes = block.key_bytes().size() + block.value_bytes().size();
    head.content = crc32c(crc32c(0, block.key_bytes()), block.value_bytes());
    write_head(head);
    file_.write(block.key_bytes());
    file_.write(block.value_bytes());
    keys_ += head.keys;
  }

  /// Returns when the part is on the disk.
  void finish() {
    BlockHead end;
    end.kind = BlockHead::Kind::end;
    end.number = blocks_;
    end.keys = keys_;
    write_head(end);
    file_.finish();
  }

  [[nodiscard]] std::uint64_t keys() const { return keys_; }
  [[nodiscard]] std::uint64_t bytes() const { return file_.bytes(); }

 private:
  template <class Head>
  void write_head(Head& head) {
    head.checksum = checksum_of(head);
    file_.write(std::as_bytes(std::span(&head, 1)));
  }

  OutputFile file_;
  std::uint32_t blocks_ = 0;
  std::uint64_t keys_ = 0;
};

}  // namespace adapm::checkpoint
