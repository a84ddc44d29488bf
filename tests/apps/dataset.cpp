#include "kge/dataset.hpp"

#include <catch2/catch.hpp>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"

namespace adapm::kge {

namespace {

std::string error_of(const std::string& directory) {
  return test::message_of<apps::InputError>([&] { load_dataset(directory); });
}

}  // namespace

TEST_CASE("sizes are found from the ids of all splits") {
  const test::TemporaryDirectory directory;
  directory.write("train.del", "0 0 1\n");
  directory.write("valid.del", "7 0 1\n");
  directory.write("test.del", "0 3 1\n0 0 2\n");
  const Dataset data = load_dataset(directory.path());
  CHECK(data.num_entities == 8);
  CHECK(data.num_relations == 4);
  CHECK(data.train.size() == 1);
  CHECK(data.valid.size() == 1);
  CHECK(data.test.size() == 2);
  CHECK(data.entity_names.empty());
}

TEST_CASE("lists of names give the sizes") {
  const test::TemporaryDirectory directory;
  directory.write("train.del", "0 0 1\n");
  directory.write("entity_ids.del", "0\ta\n1\tb\n2\tc\n");
  directory.write("relation_ids.del", "0\tr\n1\ts\n");
  const Dataset data = load_dataset(directory.path());
  CHECK(data.num_entities == 3);
  CHECK(data.num_relations == 2);
  CHECK(data.valid.empty());
  CHECK(data.test.empty());
}

TEST_CASE("an id beyond the list of names is an error") {
  const test::TemporaryDirectory directory;
  directory.write("train.del", "0 0 5\n");
  directory.write("entity_ids.del", "0\ta\n");
  CHECK_THAT(error_of(directory.path()), Catch::Contains("entity 5") && Catch::Contains("1 lines"));
}

TEST_CASE("OpenKE's directory is read") {
  const test::TemporaryDirectory directory;
  directory.write("train2id.txt", "2\n0 1 0\n1 2 1\n");
  directory.write("valid2id.txt", "1\n2 0 0\n");
  directory.write("entity2id.txt", "3\na\t0\nb\t1\nc\t2\n");
  const Dataset data = load_dataset(directory.path());
  CHECK(data.train == std::vector<Triple>{{0, 0, 1}, {1, 1, 2}});
  CHECK(data.valid == std::vector<Triple>{{2, 0, 0}});
  CHECK(data.num_entities == 3);
  CHECK(data.num_relations == 2);
  CHECK(data.entity_names == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a directory of names is read") {
  const test::TemporaryDirectory directory;
  directory.write("train.txt", "x\tr\ty\n");
  directory.write("test.txt", "y\tr\tz\n");
  const Dataset data = load_dataset(directory.path());
  CHECK(data.train == std::vector<Triple>{{0, 0, 1}});
  CHECK(data.test == std::vector<Triple>{{1, 0, 2}});
  CHECK(data.entity_names == std::vector<std::string>{"x", "y", "z"});
}

TEST_CASE("a directory without triples is an error that names it") {
  const test::TemporaryDirectory directory;
  CHECK_THAT(error_of(directory.path("none")), Catch::Contains(directory.path("none")));
  CHECK_THAT(error_of(directory.path()), Catch::Contains("train.del, train2id.txt, train.txt"));
  directory.write("train.del", "\n");
  CHECK_THAT(error_of(directory.path()), Catch::Contains("no training triples"));
}

TEST_CASE("a malformed line names the file with its directory") {
  const test::TemporaryDirectory directory;
  directory.write("train.del", "0 0 1\n");
  directory.write("valid.del", "0 0 1\n0 0\n");
  CHECK_THAT(error_of(directory.path()), Catch::StartsWith(directory.path("valid.del") + ":2: "));
}

}  // namespace adapm::kge
