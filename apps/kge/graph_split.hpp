// Splits a graph into training, validation and test triples without leaks: what is asked in a test must not
// be written in the training data in another way. All triples between the same two entities, in whatever
// direction and relation, go to the same split. So neither the inverse of a test triple, nor its mirror image
// under a symmetric relation, nor a second relation between the same two is ever trained on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kge/dataset.hpp"

namespace adapm::kge {

/// The largest part of a graph in which every entity has at least `min_neighbours` different neighbours: what
/// is left after leaving out those with fewer, again and again. Repeated triples are left out as well. The
/// order is sorted.
std::vector<Triple> core_of(std::vector<Triple> triples, std::size_t min_neighbours);

struct SplitOptions {
  double valid_share = 0.03;  ///< of pairs of entities
  double test_share = 0.03;
  std::size_t min_neighbours_left = 2;  ///< that each entity keeps in the training data
  std::uint64_t seed = 1;
};

/// Moves triples from data.train to data.valid and data.test. Every relation keeps a training triple.
void split_by_pairs(Dataset& data, const SplitOptions& options);

/// Leaves out entities and relations that no triple names; those left keep their order.
void renumber(Dataset& data);

}  // namespace adapm::kge
