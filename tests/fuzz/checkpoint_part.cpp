// What is to be changed in a part of a checkpoint, which is sealed then: its checksums are right, so that they don't
// keep what is behind them from being read.
#include <algorithm>
#include <cstring>
#include <span>

#include "adapm/error.hpp"
#include "checkpoint/part_reader.hpp"
#include "checkpoint/part_writer.hpp"
#include "fuzz/fuzz.hpp"

namespace adapm::checkpoint {

namespace {

using V = float;

const ValueLayout layout = ValueLayout::per_key({1, 2, 3, 4, 5, 6});

PartHead head_of_part() {
  PartHead head;
  head.num_keys = layout.num_keys();
  head.element_bytes = sizeof(V);
  return head;
}

/// Two blocks of two keys.
std::string good_part() {
  const test::TemporaryDirectory directory;
  PartWriter<V> writer(directory.path("part"), head_of_part());
  for (const Key key : {Key{0}, Key{4}}) {
    ValueBlock<V> block;
    for (const Key neighbour : {key, key + 1}) {
      const std::size_t length = layout.length(neighbour);
      std::fill_n(block.add(neighbour, length), length, V{1});
    }
    writer.write(block);
  }
  writer.finish();
  return directory.read("part");
}

/// Calls `change` with the structure that lies at `offset`, if there is room for it.
template <class Head, class Change>
bool with_head(std::string& part, std::size_t offset, Change change) {
  Head head;
  if (offset > part.size() || part.size() - offset < sizeof head) return false;
  std::memcpy(&head, &part[offset], sizeof head);
  change(head);
  head.checksum = checksum_of(head);
  std::memcpy(&part[offset], &head, sizeof head);
  return true;
}

void seal(std::string& part) {
  with_head<PartHead>(part, 0, [](PartHead&) {});
  std::size_t content = sizeof(PartHead) + sizeof(BlockHead);
  std::size_t bytes = 0;
  const auto seal_block = [&](BlockHead& head) {
    const auto rest = std::as_bytes(std::span(part)).subspan(content);
    bytes = std::min<std::size_t>(head.bytes, rest.size());
    head.content = crc32c(0, rest.first(bytes));
  };
  while (with_head<BlockHead>(part, content - sizeof(BlockHead), seal_block)) content += bytes + sizeof(BlockHead);
}

}  // namespace

}  // namespace adapm::checkpoint

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace adapm;
  using namespace adapm::checkpoint;
  static const std::string good = good_part();
  std::string part = good;
  part.resize(std::max(part.size(), size));
  for (std::size_t i = 0; i < size; ++i) part[i] = static_cast<char>(part[i] ^ data[i]);
  seal(part);
  const std::string file = fuzz::file_of(part, "part");
  fuzz::accept_refusal<CheckpointError>([&] {
    PartReader<V> reader(file, layout, head_of_part(), {4, part.size()});
    ValueBlock<V> block;
    while (reader.next(block)) {
    }
  });
  return 0;
}
