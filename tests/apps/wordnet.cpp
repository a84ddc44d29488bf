#include "kge/wordnet.hpp"

#include <catch2/catch.hpp>

#include "support/error_message.hpp"
#include "common/program.hpp"

namespace adapm::kge {

namespace {

constexpr const char* nouns =
    "  1 This software and database is being provided to you\n"
    "00000100 03 n 01 entity 0 003 ~ 00000200 n 0000 %p 00000200 n 0000 + 00000300 v 0101 | that which is\n"
    "00000200 03 n 0a a_b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 k 0 002 @ 00000100 n 0000 #p 00000100 n 0000 | "
    "x\n";
constexpr const char* verbs = "00000300 29 v 01 be 0 001 + 00000100 n 0101 02 + 02 00 + 08 00 | exist\n";

std::string error_of(const char* text) {
  return test::message_of<apps::InputError>([&] { parse_wordnet(text, "data.noun", 'n'); });
}

}  // namespace

TEST_CASE("synsets are read with their first word and their pointers") {
  const auto synsets = parse_wordnet(nouns, "data.noun", 'n');
  REQUIRE(synsets.size() == 2);
  CHECK(synsets[0].id == SynsetId{'n', 100});
  CHECK(synsets[0].word == "entity");
  CHECK(synsets[1].word == "a_b");
  REQUIRE(synsets[0].pointers.size() == 3);
  CHECK(synsets[0].pointers[2].symbol == "+");
  CHECK(synsets[0].pointers[2].target == SynsetId{'v', 300});
  REQUIRE(synsets[1].pointers.size() == 2);
  CHECK(synsets[1].pointers[0].symbol == "@");
}

TEST_CASE("inverse relations are kept in one direction, symmetric ones in both") {
  auto synsets = parse_wordnet(nouns, "data.noun", 'n');
  for (const Synset& verb : parse_wordnet(verbs, "data.verb", 'v')) synsets.push_back(verb);
  const Dataset data = wordnet_triples(synsets);
  CHECK(data.entity_names == std::vector<std::string>{"entity.n.100", "a_b.n.200", "be.v.300"});
  const auto has = [&](Id subject, const char* relation, Id object) {
    for (const Triple& t : data.train) {
      if (t == Triple{subject, t.relation, object} && data.relation_names[t.relation] == relation)
        return true;
    }
    return false;
  };
  CHECK(has(1, "hypernym", 0));
  CHECK(has(1, "part_holonym", 0));
  CHECK(has(0, "derivationally_related", 2));
  CHECK(has(2, "derivationally_related", 0));
  for (const Triple& t : data.train) CHECK_FALSE((t.subject == 0 && t.object == 1));
}

TEST_CASE("a file that is not WordNet's is an error that names the line") {
  CHECK_THAT(error_of("  licence\nsomething else\n"), Catch::StartsWith("data.noun:2: "));
  CHECK_THAT(error_of("00000100 03 n 01 entity 0 003 ~ 00000200 n\n"), Catch::StartsWith("data.noun:1: "));
}

TEST_CASE("a pointer to nowhere is an error") {
  const auto synsets =
      parse_wordnet("00000100 03 n 01 entity 0 001 @ 00000999 n 0000 | x\n", "data.noun", 'n');
  CHECK_THAT(test::message_of<apps::InputError>([&] { wordnet_triples(synsets); }),
             Catch::Contains("entity.n.100"));
}

}  // namespace adapm::kge
