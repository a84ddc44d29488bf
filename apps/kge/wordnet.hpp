// WordNet's database as a knowledge graph: synsets are entities, pointers between them relations.
//
// The database stores most pointers twice, a pointer and its inverse. Here each inverse pair of relations
// (hypernym and hyponym, holonym and meronym, domain and member of domain) is kept in one direction only. A
// symmetric relation (antonym, similar to, ...) is written in both directions. Words of a synset are not told
// apart.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kge/dataset.hpp"

namespace adapm::kge {

/// Names a synset: the file's letter (n, v, a, r) and the position in it.
struct SynsetId {
  char part_of_speech = 'n';
  std::uint32_t offset = 0;
  friend auto operator<=>(const SynsetId&, const SynsetId&) = default;
};

struct Synset {
  struct Pointer {
    std::string symbol;  ///< as in the database, e.g. "@" for hypernym
    SynsetId target;
  };
  SynsetId id;
  std::string word;  ///< its first
  std::vector<Pointer> pointers;
};

/// The synsets of one of the database's files, e.g. data.noun with part of speech 'n'.
/// Errors  InputError naming `file` and the line.
std::vector<Synset> parse_wordnet(std::string_view text, const std::string& file, char part_of_speech);

/// All triples and names; every triple is in `train`. Entities are numbered in the order of `synsets`, and
/// named word.part-of-speech.offset.   Errors  InputError if a pointer's target is not among the synsets.
Dataset wordnet_triples(const std::vector<Synset>& synsets);

}  // namespace adapm::kge
