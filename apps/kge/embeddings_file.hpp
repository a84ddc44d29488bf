// Trained models on disk.
//
// Binary form, little-endian: a header of 48 bytes, then rows of float32 without gaps.
//
//   offset  type        content
//   0       char[8]     "ADAPMKGE"
//   8       uint32      version of this format: 1
//   12      uint32      model: 1 ComplEx, 2 RESCAL
//   16      uint32      dim: weights per entity
//   20      uint32      1 if AdaGrad's state follows the weights, else 0
//   24      uint64      number of entities
//   32      uint64      number of relations
//   40      uint64      weights per relation: dim (ComplEx) or dim * dim (RESCAL, row-major)
//   48      float32[]   entities' weights, by id; relations' weights, by id; then, if there is state, the
//   sums
//                       of squared gradients in the same order
//
// ComplEx: a row is the dim/2 real parts, then the dim/2 imaginary parts.
#pragma once

#include <string>
#include <vector>

#include "kge/triple.hpp"

namespace adapm::kge {

/// A whole model in memory: row-major, by id.
struct Embeddings {
  Shape shape;
  std::vector<float> weights;  ///< entities, then relations
  std::vector<float> state;    ///< likewise; empty if there is none

  /// Where a key's row begins in `weights` and `state`.
  [[nodiscard]] std::size_t offset(Key key) const;
  /// Floats in `weights`.
  [[nodiscard]] static std::size_t total_weights(const Shape& shape);
};

/// Errors  std::runtime_error naming the file and the reason; then no file of this name was made or changed.
void write_embeddings(const std::string& path, const Embeddings& embeddings);

/// Errors  apps::InputError naming the file and what is wrong with it.
Embeddings read_embeddings(const std::string& path);

/// Writes PREFIX.entities.txt and PREFIX.relations.txt: a line "name<TAB>weight weight ..." each; the id
/// stands for the name if `entity_names` or `relation_names` is empty.   Errors  as write_embeddings.
void write_embeddings_text(const std::string& prefix, const Embeddings& embeddings,
                           const std::vector<std::string>& entity_names,
                           const std::vector<std::string>& relation_names);

}  // namespace adapm::kge
