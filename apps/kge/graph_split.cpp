#include "kge/graph_split.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "common/random.hpp"

namespace adapm::kge {

namespace {

using Pair = std::pair<Id, Id>;  // ascending

Pair pair_of(const Triple& triple) { return std::minmax(triple.subject, triple.object); }

bool by_ids(const Triple& a, const Triple& b) {
  return std::tie(a.subject, a.relation, a.object) < std::tie(b.subject, b.relation, b.object);
}

std::vector<Pair> pairs_of(const std::vector<Triple>& triples) {
  std::vector<Pair> pairs;
  pairs.reserve(triples.size());
  for (const Triple& triple : triples) pairs.push_back(pair_of(triple));
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

/// Different neighbours of each entity.
std::vector<std::size_t> count_neighbours(const std::vector<Pair>& pairs, Id num_entities) {
  std::vector<std::size_t> neighbours(num_entities);
  for (const auto& [a, b] : pairs) {
    ++neighbours[a];
    ++neighbours[b];
  }
  return neighbours;
}

Id largest_entity(const std::vector<Triple>& triples) {
  Id largest = 0;
  for (const Triple& triple : triples) largest = std::max({largest, triple.subject, triple.object});
  return largest;
}

/// Takes pairs for one split out of `pairs` from its end on, as long as everything else stays known.
class Taker {
 public:
  Taker(const Dataset& data, std::vector<Pair> pairs, const SplitOptions& options)
      : pairs_(std::move(pairs)),
        min_left_(options.min_neighbours_left),
        neighbours_(count_neighbours(pairs_, data.num_entities)),
        relation_triples_(data.num_relations) {
    for (const Triple& triple : data.train) {
      ++relation_triples_[triple.relation];
      relations_[pair_of(triple)].push_back(triple.relation);
    }
    apps::Random random({options.seed, 5});
    apps::shuffle(pairs_, random);
  }

  std::vector<Pair> take(std::size_t count) {
    std::vector<Pair> taken;
    while (taken.size() < count && !pairs_.empty()) {
      const Pair pair = pairs_.back();
      pairs_.pop_back();
      if (!can_go(pair)) continue;
      --neighbours_[pair.first];
      --neighbours_[pair.second];
      for (const Id relation : relations_[pair]) --relation_triples_[relation];
      taken.push_back(pair);
    }
    std::sort(taken.begin(), taken.end());
    return taken;
  }

 private:
  bool can_go(const Pair& pair) {
    const auto& relations = relations_[pair];
    return neighbours_[pair.first] > min_left_ && neighbours_[pair.second] > min_left_ &&
           std::all_of(relations.begin(), relations.end(),
                       [&](Id relation) { return relation_triples_[relation] > relations.size(); });
  }

  std::vector<Pair> pairs_;
  const std::size_t min_left_;
  std::vector<std::size_t> neighbours_;
  std::vector<std::size_t> relation_triples_;
  std::map<Pair, std::vector<Id>> relations_;
};

/// Gives ids that are used new ones, without gaps; leaves out the names of the others.
std::vector<Id> compact(const std::vector<bool>& used, std::vector<std::string>& names) {
  std::vector<Id> new_ids(used.size());
  std::vector<std::string> kept;
  Id next = 0;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    new_ids[i] = next++;
    if (!names.empty()) kept.push_back(std::move(names[i]));
  }
  names = std::move(kept);
  return new_ids;
}

}  // namespace

std::vector<Triple> core_of(std::vector<Triple> triples, std::size_t min_neighbours) {
  std::sort(triples.begin(), triples.end(), by_ids);
  triples.erase(std::unique(triples.begin(), triples.end()), triples.end());
  for (;;) {
    const auto neighbours = count_neighbours(pairs_of(triples), largest_entity(triples) + 1);
    const std::size_t removed = std::erase_if(triples, [&](const Triple& triple) {
      return std::min(neighbours[triple.subject], neighbours[triple.object]) < min_neighbours;
    });
    if (removed == 0) return triples;
  }
}

void split_by_pairs(Dataset& data, const SplitOptions& options) {
  std::vector<Pair> pairs = pairs_of(data.train);
  const auto count = [&](double share) {
    return static_cast<std::size_t>(share * static_cast<double>(pairs.size()));
  };
  const std::size_t num_valid = count(options.valid_share);
  const std::size_t num_test = count(options.test_share);
  Taker taker(data, std::move(pairs), options);
  const std::vector<Pair> valid = taker.take(num_valid);
  const std::vector<Pair> test = taker.take(num_test);

  const std::vector<Triple> all = std::move(data.train);
  data.train.clear();
  for (const Triple& triple : all) {
    const Pair pair = pair_of(triple);
    if (std::binary_search(valid.begin(), valid.end(), pair)) {
      data.valid.push_back(triple);
    } else if (std::binary_search(test.begin(), test.end(), pair)) {
      data.test.push_back(triple);
    } else {
      data.train.push_back(triple);
    }
  }
}

void renumber(Dataset& data) {
  std::vector<bool> entity_used(data.num_entities);
  std::vector<bool> relation_used(data.num_relations);
  const std::array<std::vector<Triple>*, 3> splits = {&data.train, &data.valid, &data.test};
  for (const auto* triples : splits) {
    for (const Triple& triple : *triples) {
      entity_used[triple.subject] = entity_used[triple.object] = true;
      relation_used[triple.relation] = true;
    }
  }
  const std::vector<Id> entities = compact(entity_used, data.entity_names);
  const std::vector<Id> relations = compact(relation_used, data.relation_names);
  for (auto* triples : splits) {
    for (Triple& triple : *triples) {
      triple = {entities[triple.subject], relations[triple.relation], entities[triple.object]};
    }
  }
  data.num_entities = static_cast<Id>(std::count(entity_used.begin(), entity_used.end(), true));
  data.num_relations = static_cast<Id>(std::count(relation_used.begin(), relation_used.end(), true));
}

}  // namespace adapm::kge
