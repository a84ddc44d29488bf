// wordnet_graph: makes a knowledge graph for kge from the WordNet 3.0 database (Debian: package
// wordnet-base).
//
// Of the 117,659 synsets it takes those with at least --min-neighbours neighbours among each other (3: 18,420
// synsets, the densely linked part from which something about a held-out link can be learnt), and splits
// their links without leaks; graph_split.hpp says how. Note the difference to WN18RR, where the mirror image
// of most symmetric test triples is in the training data: here none is, so figures are lower and measure
// prediction, not memory.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>
#include <utility>

#include "common/atomic_file.hpp"
#include "common/command_line.hpp"
#include "common/text_file.hpp"
#include "kge/graph_split.hpp"
#include "kge/triple_reader.hpp"
#include "kge/wordnet.hpp"

namespace {

using namespace adapm;

struct GraphOptions {
  std::string wordnet = "/usr/share/wordnet";
  std::string output;
  std::int64_t min_neighbours = 3;
  std::int64_t seed = 1;
  kge::SplitOptions split;
};

bool parse(GraphOptions& options, int argc, char** argv) {
  apps::CommandLine line("wordnet_graph", "makes a knowledge graph from the WordNet database");
  line.group("Options")
      .add("wordnet", "directory with data.noun, data.verb, data.adj, data.adv", options.wordnet, "DIR")
      .add("output",
           "directory for train.del, valid.del, test.del, entity_ids.del, relation_ids.del; required",
           options.output, "DIR")
      .add("min-neighbours", "neighbours that every synset of the graph has", options.min_neighbours,
           {1, 100})
      .add("valid", "share of links held out for validation", options.split.valid_share, {0, 0.4})
      .add("test", "share of links held out for the test", options.split.test_share, {0, 0.4})
      .add("seed", "of the split", options.seed, {0, std::numeric_limits<std::int64_t>::max()});
  if (!line.parse(argc, argv)) return false;
  if (options.output.empty())
    throw apps::CommandLineError("--output DIR is required; --help lists all options");
  options.split.seed = static_cast<std::uint64_t>(options.seed);
  return true;
}

std::vector<kge::Synset> read_wordnet(const std::string& directory) {
  constexpr std::pair<const char*, char> files[] = {{"noun", 'n'}, {"verb", 'v'}, {"adj", 'a'}, {"adv", 'r'}};
  std::vector<kge::Synset> synsets;
  for (const auto& [name, part_of_speech] : files) {
    const std::string path = directory + "/data." + name;
    if (!std::filesystem::exists(path)) {
      throw apps::InputError("there is no " + path + ": install the package wordnet-base, or see --wordnet");
    }
    for (kge::Synset& synset : kge::parse_wordnet(apps::read_file(path), path, part_of_speech)) {
      synsets.push_back(std::move(synset));
    }
  }
  return synsets;
}

void write_triples(const std::string& path, const std::vector<kge::Triple>& triples) {
  apps::AtomicFile file(path);
  for (const kge::Triple& t : triples) {
    file.write(std::to_string(t.subject) + '\t' + std::to_string(t.relation) + '\t' +
               std::to_string(t.object) + '\n');
  }
  file.commit();
}

void write_names(const std::string& path, const std::vector<std::string>& names) {
  apps::AtomicFile file(path);
  for (std::size_t i = 0; i < names.size(); ++i) file.write(std::to_string(i) + '\t' + names[i] + '\n');
  file.commit();
}

void print_counts(const kge::Dataset& data) {
  std::cout << data.num_entities << " synsets, " << data.num_relations << " relations\n"
            << "relation: train / valid / test triples\n";
  for (kge::Id r = 0; r < data.num_relations; ++r) {
    const auto count = [r](const std::vector<kge::Triple>& triples) {
      return std::count_if(triples.begin(), triples.end(),
                           [r](const kge::Triple& t) { return t.relation == r; });
    };
    std::cout << "  " << data.relation_names[r] << ": " << count(data.train) << " / " << count(data.valid)
              << " / " << count(data.test) << '\n';
  }
  std::cout << "  all: " << data.train.size() << " / " << data.valid.size() << " / " << data.test.size()
            << '\n';
}

int run(const GraphOptions& options) {
  kge::Dataset data = kge::wordnet_triples(read_wordnet(options.wordnet));
  data.train = kge::core_of(std::move(data.train), static_cast<std::size_t>(options.min_neighbours));
  if (data.train.empty())
    throw apps::InputError("no part of the graph has that many neighbours: lower --min-neighbours");
  kge::renumber(data);
  kge::split_by_pairs(data, options.split);
  std::filesystem::create_directories(options.output);
  write_triples(options.output + "/train.del", data.train);
  write_triples(options.output + "/valid.del", data.valid);
  write_triples(options.output + "/test.del", data.test);
  write_names(options.output + "/entity_ids.del", data.entity_names);
  write_names(options.output + "/relation_ids.del", data.relation_names);
  print_counts(data);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_program("wordnet_graph", [&] {
    GraphOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
