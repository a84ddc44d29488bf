#include "kge/embeddings_file.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"

namespace adapm::kge {

namespace {

Embeddings make_embeddings(ModelKind kind, bool with_state) {
  Embeddings embeddings;
  embeddings.shape = {kind, 2, 3, 2};
  embeddings.weights.resize(Embeddings::total_weights(embeddings.shape));
  std::iota(embeddings.weights.begin(), embeddings.weights.end(), 0.5F);
  if (with_state) embeddings.state.assign(embeddings.weights.size(), 2.0F);
  return embeddings;
}

std::string error_of(const std::string& path) {
  return test::message_of<apps::InputError>([&] { read_embeddings(path); });
}

}  // namespace

TEST_CASE("what is written is read") {
  const test::TemporaryDirectory directory;
  for (const ModelKind kind : {ModelKind::complex, ModelKind::rescal}) {
    for (const bool with_state : {false, true}) {
      const Embeddings written = make_embeddings(kind, with_state);
      write_embeddings(directory.path("m.bin"), written);
      const Embeddings read = read_embeddings(directory.path("m.bin"));
      CHECK(read.shape == written.shape);
      CHECK(read.weights == written.weights);
      CHECK(read.state == written.state);
    }
  }
}

TEST_CASE("the file is as its description says") {
  const test::TemporaryDirectory directory;
  write_embeddings(directory.path("m.bin"), make_embeddings(ModelKind::rescal, false));
  const std::string bytes = directory.read("m.bin");
  REQUIRE(bytes.size() == 48 + 4 * (3 * 2 + 2 * 4));
  const auto at = [&](std::size_t offset, auto value) {
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
  };
  CHECK(bytes.substr(0, 8) == "ADAPMKGE");
  CHECK(at(8, std::uint32_t{}) == 1);
  CHECK(at(12, std::uint32_t{}) == 2);
  CHECK(at(16, std::uint32_t{}) == 2);
  CHECK(at(20, std::uint32_t{}) == 0);
  CHECK(at(24, std::uint64_t{}) == 3);
  CHECK(at(32, std::uint64_t{}) == 2);
  CHECK(at(40, std::uint64_t{}) == 4);
  CHECK(at(48, float{}) == 0.5F);
  CHECK(at(48 + 4 * 6, float{}) == 6.5F);  // first weight of relation 0
}

TEST_CASE("rows lie one after the other, relations after entities") {
  const Embeddings embeddings = make_embeddings(ModelKind::rescal, false);
  CHECK(embeddings.offset(0) == 0);
  CHECK(embeddings.offset(2) == 4);
  CHECK(embeddings.offset(3) == 6);
  CHECK(embeddings.offset(4) == 10);
}

TEST_CASE("the text form has a line per row, by name or by id") {
  const test::TemporaryDirectory directory;
  write_embeddings_text(directory.path("m"), make_embeddings(ModelKind::complex, true), {"a", "b c", "d"},
                        {});
  CHECK(directory.read("m.entities.txt") == "a\t0.5 1.5\nb c\t2.5 3.5\nd\t4.5 5.5\n");
  CHECK(directory.read("m.relations.txt") == "0\t6.5 7.5\n1\t8.5 9.5\n");
}

TEST_CASE("a file that cannot be written is an error that names it") {
  const std::string message = test::message_of<std::runtime_error>(
      [] { write_embeddings("/nowhere/m.bin", make_embeddings(ModelKind::complex, false)); });
  CHECK_THAT(message, Catch::Contains("/nowhere/m.bin"));
}

TEST_CASE("a file that is something else, too short or too long is an error that names it") {
  const test::TemporaryDirectory directory;
  CHECK_THAT(error_of(directory.path("none")), Catch::Contains("No such file"));
  directory.write("short", "ADAPMKGE");
  CHECK_THAT(error_of(directory.path("short")), Catch::Contains("too short"));
  directory.write("other", std::string(100, 'x'));
  CHECK_THAT(error_of(directory.path("other")), Catch::Contains("not a file of --write-embeddings"));
  write_embeddings(directory.path("m.bin"), make_embeddings(ModelKind::complex, true));
  const std::string bytes = directory.read("m.bin");
  directory.write("cut", bytes.substr(0, bytes.size() - 4));
  CHECK_THAT(error_of(directory.path("cut")), Catch::Contains("its header calls for"));
  std::string newer = bytes;
  newer[8] = 9;
  directory.write("newer", newer);
  CHECK_THAT(error_of(directory.path("newer")), Catch::Contains("does not understand"));
  std::string huge = bytes;  // whose size does not fit into a number
  std::fill_n(&huge[16], 4, '\xff');
  directory.write("huge", huge);
  CHECK_THAT(error_of(directory.path("huge")), Catch::Contains("does not understand"));
}

}  // namespace adapm::kge
