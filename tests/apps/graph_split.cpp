#include "kge/graph_split.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "common/random.hpp"

namespace adapm::kge {

namespace {

Dataset random_graph() {
  Dataset data;
  data.num_entities = 200;
  data.num_relations = 4;
  apps::Random random({3});
  for (int i = 0; i < 2000; ++i) {
    const Triple triple{random.below(200U), random.below(3U), random.below(200U)};
    if (triple.subject == triple.object) continue;
    data.train.push_back(triple);
    if (triple.relation == 0) data.train.push_back({triple.object, 0, triple.subject});
  }
  data.train.push_back({0, 3, 1});  // the only one of its relation
  data.train = core_of(data.train, 1);
  return data;
}

std::pair<Id, Id> pair_of(const Triple& t) { return std::minmax(t.subject, t.object); }

}  // namespace

TEST_CASE("a core has only entities with enough different neighbours") {
  // A triangle with a tail, and two entities with many triples but one neighbour each.
  const std::vector<Triple> triples = {{0, 0, 1}, {1, 0, 2}, {2, 0, 0}, {2, 0, 3}, {3, 0, 4},
                                       {5, 0, 6}, {5, 1, 6}, {6, 2, 5}, {0, 0, 1}};
  CHECK(core_of(triples, 2) == std::vector<Triple>{{0, 0, 1}, {1, 0, 2}, {2, 0, 0}});
  CHECK(core_of(triples, 1).size() == 8);
  CHECK(core_of(triples, 3).empty());
}

TEST_CASE("no test triple's entities are joined in the training data, in any direction") {
  Dataset data = random_graph();
  const std::size_t total = data.train.size();
  split_by_pairs(data, {0.1, 0.1, 2, 1});
  CHECK(data.train.size() + data.valid.size() + data.test.size() == total);
  CHECK(data.valid.size() > 100);
  CHECK(data.test.size() > 100);
  const auto pairs = [](const std::vector<Triple>& triples) {
    std::set<std::pair<Id, Id>> result;
    for (const Triple& triple : triples) result.insert(pair_of(triple));
    return result;
  };
  const auto train = pairs(data.train);
  const auto valid = pairs(data.valid);
  for (const auto& pair : valid) CHECK(train.count(pair) == 0);
  for (const auto& pair : pairs(data.test)) {
    CHECK(train.count(pair) == 0);
    CHECK(valid.count(pair) == 0);
  }
}

TEST_CASE("what is asked is known: entities keep neighbours, relations keep triples") {
  Dataset data = random_graph();
  split_by_pairs(data, {0.3, 0.3, 2, 1});
  std::vector<std::set<Id>> neighbours(data.num_entities);
  std::set<Id> relations;
  for (const Triple& triple : data.train) {
    neighbours[triple.subject].insert(triple.object);
    neighbours[triple.object].insert(triple.subject);
    relations.insert(triple.relation);
  }
  for (const auto* triples : {&data.valid, &data.test}) {
    for (const Triple& triple : *triples) {
      CHECK(neighbours[triple.subject].size() >= 2);
      CHECK(neighbours[triple.object].size() >= 2);
    }
  }
  CHECK(relations.size() == 4);
}

TEST_CASE("a split follows from its seed") {
  const auto test_triples = [](std::uint64_t seed) {
    Dataset data = random_graph();
    split_by_pairs(data, {0.1, 0.1, 2, seed});
    return data.test;
  };
  CHECK(test_triples(1) == test_triples(1));
  CHECK(test_triples(1) != test_triples(2));
}

TEST_CASE("renumbering closes gaps and keeps names and order") {
  Dataset data;
  data.num_entities = 5;
  data.num_relations = 3;
  data.entity_names = {"a", "b", "c", "d", "e"};
  data.relation_names = {"p", "q", "r"};
  data.train = {{1, 2, 4}};
  data.test = {{4, 0, 2}};
  renumber(data);
  CHECK(data.num_entities == 3);
  CHECK(data.num_relations == 2);
  CHECK(data.entity_names == std::vector<std::string>{"b", "c", "e"});
  CHECK(data.relation_names == std::vector<std::string>{"p", "r"});
  CHECK(data.train == std::vector<Triple>{{0, 1, 2}});
  CHECK(data.test == std::vector<Triple>{{2, 0, 1}});
}

}  // namespace adapm::kge
