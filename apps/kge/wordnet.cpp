#include "kge/wordnet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "common/program.hpp"

namespace adapm::kge {

namespace {

struct Relation {
  std::string_view symbol;
  std::string_view name;
  bool symmetric;
};

// What is not here is the inverse of something that is: ~ ~i %m %p %s -c -r -u.
constexpr std::array<Relation, 18> relations = {{{"@", "hypernym", false},
                                                 {"@i", "instance_hypernym", false},
                                                 {"#m", "member_holonym", false},
                                                 {"#p", "part_holonym", false},
                                                 {"#s", "substance_holonym", false},
                                                 {";c", "domain_topic", false},
                                                 {";r", "domain_region", false},
                                                 {";u", "domain_usage", false},
                                                 {"*", "entailment", false},
                                                 {">", "cause", false},
                                                 {"\\", "pertainym", false},
                                                 {"<", "participle_of", false},
                                                 {"!", "antonym", true},
                                                 {"&", "similar_to", true},
                                                 {"^", "also_see", true},
                                                 {"$", "verb_group", true},
                                                 {"+", "derivationally_related", true},
                                                 {"=", "attribute", true}}};

/// Takes blank-separated words off a line.
class Words {
 public:
  Words(std::string_view line, const std::string& file, std::size_t number)
      : rest_(line), file_(file), number_(number) {}

  std::string_view next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    if (word.empty()) fail();
    rest_.remove_prefix(word.size());
    return word;
  }

  std::uint32_t next_number(int base) {
    const std::string_view word = next();
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (error != std::errc() || end != word.data() + word.size()) fail();
    return value;
  }

 private:
  [[noreturn]] void fail() const {
    throw apps::InputError(file_ + ":" + std::to_string(number_) + ": not a line of a WordNet database");
  }

  std::string_view rest_;
  const std::string& file_;
  const std::size_t number_;
};

Synset parse_synset(Words words, char part_of_speech) {
  Synset synset;
  synset.id = {part_of_speech, words.next_number(10)};
  words.next();  // lexicographer's file
  words.next();  // kind of synset
  const std::uint32_t num_words = words.next_number(16);
  for (std::uint32_t i = 0; i < num_words; ++i) {
    const std::string_view word = words.next();
    if (i == 0) synset.word = word;
    words.next();  // which of the word's meanings in the lexicographer's file
  }
  const std::uint32_t num_pointers = words.next_number(10);
  for (std::uint32_t i = 0; i < num_pointers; ++i) {
    Synset::Pointer pointer;
    pointer.symbol = words.next();
    pointer.target.offset = words.next_number(10);
    pointer.target.part_of_speech = words.next().front();
    words.next();  // which words of the two synsets
    synset.pointers.push_back(std::move(pointer));
  }
  return synset;
}

}  // namespace

std::vector<Synset> parse_wordnet(std::string_view text, const std::string& file, char part_of_speech) {
  std::vector<Synset> synsets;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with("  ")) continue;  // the licence
    synsets.push_back(parse_synset(Words(line, file, number), part_of_speech));
  }
  return synsets;
}

Dataset wordnet_triples(const std::vector<Synset>& synsets) {
  Dataset data;
  std::map<SynsetId, Id> ids;
  for (const Synset& synset : synsets) {
    const auto id = static_cast<Id>(ids.size());
    ids.emplace(synset.id, id);
    data.entity_names.push_back(synset.word + "." + synset.id.part_of_speech + "." +
                                std::to_string(synset.id.offset));
  }
  for (const Relation& relation : relations) data.relation_names.emplace_back(relation.name);
  for (const Synset& synset : synsets) {
    const Id subject = ids.at(synset.id);
    for (const Synset::Pointer& pointer : synset.pointers) {
      const auto relation = std::find_if(relations.begin(), relations.end(),
                                         [&](const Relation& r) { return r.symbol == pointer.symbol; });
      if (relation == relations.end()) continue;
      const auto target = ids.find(pointer.target);
      if (target == ids.end()) {
        throw apps::InputError(data.entity_names[subject] +
                               " points to a synset that is not in the database");
      }
      const auto relation_id = static_cast<Id>(relation - relations.begin());
      if (target->second == subject) continue;
      data.train.push_back({subject, relation_id, target->second});
      if (relation->symmetric) data.train.push_back({target->second, relation_id, subject});
    }
  }
  data.num_entities = static_cast<Id>(data.entity_names.size());
  data.num_relations = static_cast<Id>(data.relation_names.size());
  return data;
}

}  // namespace adapm::kge
