// The words of a knowledge graph: facts "subject relation object", and where entities and relations have
// their keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "adapm/sampling.hpp"
#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"

namespace adapm::kge {

using Id = std::uint32_t;

/// Ids are 0-based, entities and relations counted separately.
struct Triple {
  Id subject = 0;
  Id relation = 0;
  Id object = 0;
  friend bool operator==(const Triple&, const Triple&) = default;
};

enum class ModelKind { complex, rescal };

[[nodiscard]] inline std::string name(ModelKind kind) {
  return kind == ModelKind::complex ? "complex" : "rescal";
}

/// The sizes of a model and its place in the store: entity e is key e, relation r is key num_entities + r. A
/// key's value is its weights and then AdaGrad's sums of squared gradients, one per weight: [w..., a...].
struct Shape {
  ModelKind kind = ModelKind::complex;
  std::size_t dim = 0;  ///< weights per entity
  Id num_entities = 0;
  Id num_relations = 0;

  [[nodiscard]] std::size_t relation_weights() const { return kind == ModelKind::complex ? dim : dim * dim; }
  [[nodiscard]] Key num_keys() const { return Key{num_entities} + num_relations; }
  [[nodiscard]] Key entity_key(Id entity) const { return entity; }
  [[nodiscard]] Key relation_key(Id relation) const { return Key{num_entities} + relation; }
  friend bool operator==(const Shape&, const Shape&) = default;
  [[nodiscard]] KeyRange entities() const { return {0, num_entities}; }
  [[nodiscard]] KeyRange relations() const { return {num_entities, num_keys()}; }
  /// Weights of a key.
  [[nodiscard]] std::size_t weights(Key key) const { return key < num_entities ? dim : relation_weights(); }
  [[nodiscard]] ValueLayout layout() const;
};

}  // namespace adapm::kge
