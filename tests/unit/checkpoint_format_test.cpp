// The files of a checkpoint, and that a damaged one is never taken for a good one.
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "adapm/error.hpp"
#include "checkpoint/checkpoint_folder.hpp"
#include "checkpoint/crc32c.hpp"
#include "checkpoint/manifest.hpp"
#include "checkpoint/part_reader.hpp"
#include "checkpoint/part_writer.hpp"
#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"

using namespace adapm;
using namespace adapm::checkpoint;
using adapm::test::message_of;
using adapm::test::TemporaryDirectory;
using Catch::Matchers::Contains;

namespace {

using V = float;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

const ValueLayout layout = ValueLayout::per_key({1, 2, 3, 4, 5, 6});

ValueBlock<V> block_of(const std::vector<Key>& keys) {
  ValueBlock<V> block;
  for (const Key key : keys) std::fill_n(block.add(key, layout.length(key)), layout.length(key), static_cast<V>(key));
  return block;
}

PartHead head_of_test() {
  PartHead head;
  head.checkpoint = 7;
  head.part = 2;
  head.num_keys = layout.num_keys();
  return head;
}

/// Two blocks, 4 keys.
PartDescription write_part(const std::string& name) {
  PartWriter<V> writer(name, head_of_test());
  writer.write(block_of({0, 2}));
  writer.write(block_of({5, 3}));
  writer.finish();
  return {writer.keys(), writer.bytes()};
}

std::vector<Key> read_part(const std::string& name, const PartDescription& description, std::uint32_t first = 0,
                           std::uint32_t step = 1) {
  PartReader<V> reader(name, layout, head_of_test(), description);
  reader.share(first, step);
  ValueBlock<V> block;
  std::vector<Key> keys;
  while (reader.next(block)) {
    const V* value = reinterpret_cast<const V*>(block.values.data());
    for (const Key key : block.keys) {
      keys.push_back(key);
      for (std::size_t i = 0; i < layout.length(key); ++i) CHECK(*value++ == static_cast<V>(key));
    }
  }
  return keys;
}

std::string complaint_about(const std::string& name, const PartDescription& description) {
  return message_of<CheckpointError>([&] { read_part(name, description); });
}

Manifest manifest_of_test() {
  Manifest manifest = Manifest::of(7, "float", layout);
  manifest.parts = {{4, 1000}, {2, 500}};
  manifest.states = {"epoch 3", std::string("\0\n\\ \xff", 5)};
  return manifest;
}

}  // namespace

TEST_CASE("the checksum is CRC-32C, however it is computed") {
  CHECK(crc32c(0, bytes_of("123456789")) == 0xe3069283U);  // the check value of the standard
  CHECK(crc32c(0, {}) == 0);
  std::mt19937_64 random(5);
  std::string text(1000, '\0');
  for (char& c : text) c = static_cast<char>(random());
  for (const std::size_t size : {1U, 7U, 8U, 9U, 100U, 1000U}) {
    const auto bytes = bytes_of(text).first(size);
    CHECK(crc32c(0, bytes) == crc32c_by_tables(0, bytes));
    CHECK(crc32c(crc32c(0, bytes.first(size / 3)), bytes.subspan(size / 3)) == crc32c(0, bytes));
  }
}

TEST_CASE("a part gives back what was written, all of it or a share of its blocks") {
  const TemporaryDirectory folder;
  const std::string name = folder.path("part");
  const PartDescription description = write_part(name);
  CHECK(description.keys == 4);
  CHECK(read_part(name, description) == std::vector<Key>{0, 2, 5, 3});
  CHECK(read_part(name, description, 0, 2) == std::vector<Key>{0, 2});
  CHECK(read_part(name, description, 1, 2) == std::vector<Key>{5, 3});
  CHECK(read_part(name, description, 2, 3).empty());
}

TEST_CASE("a part that was cut off anywhere is refused") {
  const TemporaryDirectory folder;
  const PartDescription description = write_part(folder.path("part"));
  const std::string whole = folder.read("part");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder.write("cut", whole.substr(0, size));
    CAPTURE(size);
    const std::string complaint = complaint_about(folder.path("cut"), description);
    CHECK_THAT(complaint, Contains(folder.path("cut")) && Contains("truncated") && Contains("remove"));
    // Also if the manifest says so: then the end is missing.
    CHECK_THAT(complaint_about(folder.path("cut"), {4, size}), Contains("truncated") || Contains("corrupted"));
  }
  folder.write("longer", whole + "x");
  CHECK_THAT(complaint_about(folder.path("longer"), description), Contains("corrupted"));
}

TEST_CASE("a part with any bit flipped is refused") {
  const TemporaryDirectory folder;
  const PartDescription description = write_part(folder.path("part"));
  const std::string whole = folder.read("part");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      folder.write("flipped", flipped);
      CAPTURE(at, bit);
      REQUIRE(complaint_about(folder.path("flipped"), description) != "");
    }
  }
}

TEST_CASE("a part whose blocks are in another order, or missing, is refused") {
  const TemporaryDirectory folder;
  const PartDescription description = write_part(folder.path("part"));
  const std::string whole = folder.read("part");
  const std::size_t first = sizeof(PartHead), end = whole.size() - sizeof(BlockHead);
  const std::size_t second = first + sizeof(BlockHead) + 2 * sizeof(Key) + (1 + 3) * sizeof(V);
  const std::string head = whole.substr(0, first), block_0 = whole.substr(first, second - first),
                    block_1 = whole.substr(second, end - second), tail = whole.substr(end);
  folder.write("swapped", head + block_1 + block_0 + tail);
  CHECK_THAT(complaint_about(folder.path("swapped"), description), Contains("head of block 0"));
  folder.write("fewer", head + block_0 + tail);
  CHECK_THAT(complaint_about(folder.path("fewer"), {4, whole.size() - block_1.size()}), Contains("head of block 1"));
}

TEST_CASE("a part of another checkpoint, rank, store or version is refused") {
  const TemporaryDirectory folder;
  const std::string name = folder.path("part");
  const PartDescription description = write_part(name);
  const auto complaint = [&](auto change) {
    PartHead expected = head_of_test();
    change(expected);
    return message_of<CheckpointError>([&] { PartReader<V>(name, layout, expected, description); });
  };
  CHECK_THAT(complaint([](PartHead& head) { head.checkpoint = 8; }), Contains("another checkpoint"));
  CHECK_THAT(complaint([](PartHead& head) { head.part = 1; }), Contains("another checkpoint"));
  CHECK_THROWS_AS((PartReader<V>(name, ValueLayout::uniform(7, 1), head_of_test(), description)), CheckpointError);
  CHECK_THROWS_AS((PartReader<double>(name, layout, head_of_test(), description)), CheckpointError);

  std::string newer = folder.read("part");
  newer[offsetof(PartHead, version)] = 9;
  folder.write("newer", newer);
  CHECK_THAT(complaint_about(folder.path("newer"), description), Contains("has format 9") && Contains("reads format 1"));
  std::string foreign = folder.read("part");
  std::reverse(&foreign[offsetof(PartHead, byte_order)], &foreign[offsetof(PartHead, byte_order)] + 4);
  folder.write("foreign", foreign);
  CHECK_THAT(complaint_about(folder.path("foreign"), description), Contains("byte order"));
}

TEST_CASE("a manifest can be read, by people and by the program") {
  const Manifest manifest = manifest_of_test();
  const std::string text = to_text(manifest);
  CHECK_THAT(text, Contains("element float\nkeys 6\nvalue length per key, checksum "));
  CHECK_THAT(text, Contains("part-1 keys 2 bytes 500\nstate-0 epoch 3\nstate-1 \\00\\0a\\5c \\ff\n"));
  CHECK(manifest_from_text(text, "file") == manifest);
}

TEST_CASE("a damaged manifest is refused") {
  const std::string text = to_text(manifest_of_test());
  const auto complaint = [](const std::string& damaged) {
    return message_of<CheckpointError>([&] { static_cast<void>(manifest_from_text(damaged, "folder/manifest")); });
  };
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    REQUIRE_THAT(complaint(text.substr(0, size)), Contains("folder/manifest"));
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      CAPTURE(at, bit);
      REQUIRE(complaint(flipped) != "");
    }
  }
  CHECK_THAT(complaint("adapm checkpoint, format 2\n"), Contains("has format 2") && Contains("reads format 1"));
}

TEST_CASE("a manifest that is sealed but makes no sense is refused") {
  const auto refused = [](auto change) {
    Manifest manifest = manifest_of_test();
    change(manifest);
    return message_of<CheckpointError>([&] { static_cast<void>(manifest_from_text(to_text(manifest), "file")); }) != "";
  };
  CHECK(refused([](Manifest& manifest) { manifest.keys = 7; }));
  CHECK(refused([](Manifest& manifest) { manifest.states.pop_back(); }));
  CHECK(refused([](Manifest& manifest) { manifest.element = "float\nkeys 3"; }));
}

TEST_CASE("a checkpoint of another shape is refused, and what differs is named") {
  const auto complaint = [](const Manifest& expected) {
    return message_of<CheckpointError>([&] { check_shape(manifest_of_test(), expected, "folder/manifest"); });
  };
  CHECK(complaint(Manifest::of(1, "float", layout)) == "");
  CHECK_THAT(complaint(Manifest::of(1, "double", layout)), Contains("element type is float") && Contains("double"));
  CHECK_THAT(complaint(Manifest::of(1, "float", ValueLayout::per_key({1, 2}))), Contains("number of keys is 6"));
  CHECK_THAT(complaint(Manifest::of(1, "float", ValueLayout::per_key({1, 2, 3, 4, 5, 7}))), Contains("value length"));
  CHECK_THAT(complaint(Manifest::of(1, "float", ValueLayout::uniform(6, 2))), Contains("2 in the store"));
}

TEST_CASE("only what has its name is a checkpoint, and the newest ones are kept") {
  const TemporaryDirectory around;
  const std::string name = around.path("a/b");
  const CheckpointFolder folder(name);
  const auto save = [&] {
    Manifest manifest = Manifest::of(folder.begin(), "float", layout);
    write_file(folder.partial_part(manifest.number, 0), "12345");
    manifest.parts = {{layout.num_keys(), 5}};
    folder.publish(manifest);
    return manifest.number;
  };
  CHECK_FALSE(folder.newest());
  CHECK(save() == 1);
  CHECK(save() == 2);
  const std::uint64_t abandoned = folder.begin();
  CHECK(abandoned == 3);
  CHECK(folder.newest() == 2);
  CHECK(save() == 3);
  CHECK_FALSE(std::filesystem::exists(folder.partial_part(3, 0)));
  for (int i = 4; i <= 11; ++i) save();
  folder.keep_last(2);
  CHECK(folder.newest() == 11);  // 9 is before 10, although it is behind in the alphabet
  CHECK(std::filesystem::exists(folder.manifest(10)));
  CHECK_FALSE(std::filesystem::exists(folder.manifest(9)));
  around.write("a/b/checkpoint-99x", "no checkpoint");
  CHECK(folder.newest() == 11);
}

TEST_CASE("a checkpoint without all its parts is not completed") {
  const TemporaryDirectory around;
  const CheckpointFolder folder(around.path());
  Manifest manifest = Manifest::of(folder.begin(), "float", layout);
  manifest.parts = {{layout.num_keys(), 5}};
  CHECK_THAT(message_of<CheckpointError>([&] { folder.publish(manifest); }), Contains("part-0") && Contains("share"));
  CHECK_FALSE(folder.newest());
}

TEST_CASE("a file that cannot be written is named, with the reason and the fix") {
  const TemporaryDirectory folder;
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string complaint =
      message_of<CheckpointError>([&] { write_file(folder.path("large"), std::string(200'000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK_THAT(complaint, Contains("cannot write " + folder.path("large") + ": File too large") && Contains("make room"));
  CHECK_THAT(message_of<CheckpointError>([&] { write_file(folder.path(), ""); }), Contains("cannot create"));
}
