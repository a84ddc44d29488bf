#include "kge/triple_reader.hpp"

#include <catch2/catch.hpp>

#include "support/error_message.hpp"
#include "common/program.hpp"
#include "common/text_file.hpp"

namespace adapm::kge {

namespace {

std::vector<Triple> parse(std::string_view text) {
  return parse_number_triples(text, "train.del", TripleOrder::subject_relation_object, false);
}

std::string error_of(std::string_view text) {
  return test::message_of<apps::InputError>([&] { parse(text); });
}

std::string openke_error_of(std::string_view text) {
  return test::message_of<apps::InputError>(
      [&] { parse_number_triples(text, "train2id.txt", TripleOrder::subject_object_relation, true); });
}

}  // namespace

TEST_CASE("numbers are separated by blanks or tabs; blank lines and line ends of either kind are fine") {
  const std::vector<Triple> expected = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}};
  CHECK(parse("0\t1\t2\n3 4  5\n\n6 7 8") == expected);
  CHECK(parse("0 1 2\r\n3 4 5\r\n 6 7 8 \r\n") == expected);
  CHECK(parse("").empty());
}

TEST_CASE("a malformed triple is an error that names the file and the line") {
  CHECK_THAT(error_of("0 1 2\n3 4\n"), Catch::StartsWith("train.del:2: ") && Catch::Contains("found '3 4'"));
  CHECK_THAT(error_of("0 1 2 3\n"), Catch::StartsWith("train.del:1: "));
  CHECK_THAT(error_of("\n\n0 x 2\n"), Catch::StartsWith("train.del:3: "));
  CHECK_THAT(error_of("0 1 -2\n"), Catch::StartsWith("train.del:1: "));
  CHECK_THAT(error_of("0 1 2.5\n"), Catch::StartsWith("train.del:1: "));
  CHECK_THAT(error_of("0 1 4294967295\n"), Catch::StartsWith("train.del:1: "));
  CHECK_THAT(error_of("0 1 99999999999999999999999\n"), Catch::StartsWith("train.del:1: "));
}

TEST_CASE("OpenKE's triples have a count and the relation last") {
  const std::vector<Triple> expected = {{0, 2, 1}, {3, 5, 4}};
  CHECK(parse_number_triples("2\n0 1 2\n3 4 5\n", "f", TripleOrder::subject_object_relation, true) ==
        expected);
}

TEST_CASE("OpenKE's count must be right") {
  CHECK_THAT(openke_error_of("3\n0 1 2\n"), Catch::Contains("announces 3") && Catch::Contains("1 follow"));
  CHECK_THAT(openke_error_of("0 1 2\n"), Catch::StartsWith("train2id.txt:1: "));
  CHECK_THAT(openke_error_of(""), Catch::Contains("end of the file"));
}

TEST_CASE("names are numbered in the order of their first appearance") {
  Dictionary entities;
  Dictionary relations;
  const auto train = parse_name_triples("a b\tlikes\tc\nc\tknows\ta b\n", "train.txt", entities, relations);
  const auto valid = parse_name_triples("d\tlikes\tc\r\n", "valid.txt", entities, relations);
  CHECK(train == std::vector<Triple>{{0, 0, 1}, {1, 1, 0}});
  CHECK(valid == std::vector<Triple>{{2, 0, 1}});
  CHECK(entities.names() == std::vector<std::string>{"a b", "c", "d"});
  CHECK(relations.names() == std::vector<std::string>{"likes", "knows"});
}

TEST_CASE("a line without three names is an error that names the file and the line") {
  const auto error = [](std::string_view text) {
    Dictionary names;
    return test::message_of<apps::InputError>([&] { parse_name_triples(text, "train.txt", names, names); });
  };
  for (const char* line : {"a\tb", "a b c", "a\tb\tc\td", "a\t\tc", "\tb\tc", "a\tb\t"}) {
    CHECK_THAT(error(std::string("x\ty\tz\n") + line), Catch::StartsWith("train.txt:2: "));
  }
}

TEST_CASE("lists of names are read in both forms") {
  CHECK(parse_id_names("0\tfirst name\n1\tsecond\n", "f") ==
        std::vector<std::string>{"first name", "second"});
  CHECK(parse_name_ids("2\nsecond\t1\nfirst\t0\n", "f") == std::vector<std::string>{"first", "second"});
}

TEST_CASE("lists of names with gaps, repetitions or wrong counts are errors that name the line") {
  const auto id_names = [](std::string_view text) {
    return test::message_of<apps::InputError>([&] { parse_id_names(text, "f"); });
  };
  CHECK_THAT(id_names("0\ta\n2\tb\n"), Catch::StartsWith("f:2: "));
  CHECK_THAT(id_names("0 a\n"), Catch::StartsWith("f:1: "));
  const auto name_ids = [](std::string_view text) {
    return test::message_of<apps::InputError>([&] { parse_name_ids(text, "f"); });
  };
  CHECK_THAT(name_ids("2\na\t0\nb\t0\n"), Catch::StartsWith("f:3: "));
  CHECK_THAT(name_ids("2\na\t0\nb\t2\n"), Catch::StartsWith("f:3: "));
  CHECK_THAT(name_ids("2\na\t0\n"), Catch::Contains("announces 2"));
  CHECK_THAT(name_ids("4000000000\na\t0\n"), Catch::Contains("announces 4000000000 lines, more than"));
}

TEST_CASE("a file that is not there is an error that names it") {
  CHECK_THAT(test::message_of<apps::InputError>([] { apps::read_file("/nowhere/x"); }),
             Catch::Contains("/nowhere/x") && Catch::Contains("No such file"));
}

}  // namespace adapm::kge
