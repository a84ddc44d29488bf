// A knowledge graph on disk: a directory in one of three forms, recognised by the name of the training file.
//
//   train.del       numbers "subject relation object", 0-based; valid.del, test.del likewise; entity_ids.del
//   and
//                   relation_ids.del ("id<TAB>name") if present
//   train2id.txt    OpenKE: the number of triples, then "subject object relation"; valid2id.txt, test2id.txt
//   likewise;
//                   entity2id.txt and relation2id.txt if present
//   train.txt       names "subject<TAB>relation<TAB>object"; valid.txt, test.txt likewise; ids are given in
//   the order
//                   of first appearance in train, valid, test, so that all ranks give the same
//
// The validation and test files may be missing. Sizes are those of the name lists, or else the largest id
// + 1.
#pragma once

#include <string>
#include <vector>

#include "kge/triple.hpp"

namespace adapm::kge {

struct Dataset {
  std::vector<Triple> train;
  std::vector<Triple> valid;
  std::vector<Triple> test;
  Id num_entities = 0;
  Id num_relations = 0;
  std::vector<std::string> entity_names;    ///< by id; empty if there are none
  std::vector<std::string> relation_names;  ///< by id; empty if there are none
};

/// Errors  InputError naming the file and line, or the files that were looked for.
Dataset load_dataset(const std::string& directory);

}  // namespace adapm::kge
