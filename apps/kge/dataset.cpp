#include "kge/dataset.hpp"

#include <algorithm>
#include <filesystem>

#include "common/program.hpp"
#include "common/text_file.hpp"
#include "kge/triple_reader.hpp"

namespace adapm::kge {

namespace {

namespace fs = std::filesystem;

std::string join(const std::string& directory, const std::string& file) {
  return (fs::path(directory) / file).string();
}

/// Calls `read(path, text)` if the file is there.
template <class Read>
void read_if_present(const std::string& path, Read read) {
  if (fs::exists(path)) read(path, apps::read_file(path));
}

void load_numbers(Dataset& data, const std::string& directory) {
  const auto load = [&](const char* file, std::vector<Triple>& triples) {
    read_if_present(join(directory, file), [&](const std::string& path, const std::string& text) {
      triples = parse_number_triples(text, path, TripleOrder::subject_relation_object, false);
    });
  };
  load("train.del", data.train);
  load("valid.del", data.valid);
  load("test.del", data.test);
  const auto load_names = [&](const char* file, std::vector<std::string>& names) {
    read_if_present(join(directory, file), [&](const std::string& path, const std::string& text) {
      names = parse_id_names(text, path);
    });
  };
  load_names("entity_ids.del", data.entity_names);
  load_names("relation_ids.del", data.relation_names);
}

void load_openke(Dataset& data, const std::string& directory) {
  const auto load = [&](const char* file, std::vector<Triple>& triples) {
    read_if_present(join(directory, file), [&](const std::string& path, const std::string& text) {
      triples = parse_number_triples(text, path, TripleOrder::subject_object_relation, true);
    });
  };
  load("train2id.txt", data.train);
  load("valid2id.txt", data.valid);
  load("test2id.txt", data.test);
  const auto load_names = [&](const char* file, std::vector<std::string>& names) {
    read_if_present(join(directory, file), [&](const std::string& path, const std::string& text) {
      names = parse_name_ids(text, path);
    });
  };
  load_names("entity2id.txt", data.entity_names);
  load_names("relation2id.txt", data.relation_names);
}

void load_named(Dataset& data, const std::string& directory) {
  Dictionary entities;
  Dictionary relations;
  const auto load = [&](const char* file, std::vector<Triple>& triples) {
    read_if_present(join(directory, file), [&](const std::string& path, const std::string& text) {
      triples = parse_name_triples(text, path, entities, relations);
    });
  };
  load("train.txt", data.train);
  load("valid.txt", data.valid);
  load("test.txt", data.test);
  data.entity_names = entities.names();
  data.relation_names = relations.names();
}

/// The number of ids: that of the names, or else what the triples need.
Id size_of(const char* what, const std::vector<std::string>& names, std::uint64_t needed,
           const std::string& directory) {
  if (!names.empty() && needed > names.size()) {
    throw apps::InputError(directory + ": the triples name " + what + " " + std::to_string(needed - 1) +
                           ", but the list of names has only " + std::to_string(names.size()) + " lines");
  }
  return static_cast<Id>(std::max<std::uint64_t>(names.size(), needed));
}

void find_sizes(Dataset& data, const std::string& directory) {
  std::uint64_t entities = 0;
  std::uint64_t relations = 0;
  for (const auto* triples : {&data.train, &data.valid, &data.test}) {
    for (const Triple& triple : *triples) {
      entities =
          std::max<std::uint64_t>(entities, std::max(triple.subject, triple.object) + std::uint64_t{1});
      relations = std::max<std::uint64_t>(relations, triple.relation + std::uint64_t{1});
    }
  }
  data.num_entities = size_of("entity", data.entity_names, entities, directory);
  data.num_relations = size_of("relation", data.relation_names, relations, directory);
}

}  // namespace

Dataset load_dataset(const std::string& directory) {
  if (!fs::is_directory(directory)) {
    throw apps::InputError("--dataset: there is no directory " + directory);
  }
  Dataset data;
  if (fs::exists(join(directory, "train.del"))) {
    load_numbers(data, directory);
  } else if (fs::exists(join(directory, "train2id.txt"))) {
    load_openke(data, directory);
  } else if (fs::exists(join(directory, "train.txt"))) {
    load_named(data, directory);
  } else {
    throw apps::InputError("--dataset: " + directory + " has none of train.del, train2id.txt, train.txt");
  }
  if (data.train.empty()) throw apps::InputError(directory + ": there are no training triples");
  find_sizes(data, directory);
  return data;
}

}  // namespace adapm::kge
