// What ComplEx and RESCAL have in common. Both scores are linear in the subject and in the object, so a
// triple's score is the product of a query vector with the entity asked for:
//
//   score(s, r, o) = object_query(s, r) . o = subject_query(r, o) . s
//
//   ComplEx  Re<s, r, conj(o)>  complex vectors, dim/2 components, real parts first; queries s r and conj(r)
//   o RESCAL   s' R o             R is dim x dim, row-major;                           queries R' s and R o
//
// A training point is a positive triple, N of its forms with a corrupted subject and N with a corrupted
// object. With one query for each side, a negative costs one dot product and one scaled addition.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kge/triple.hpp"

namespace adapm::kge {

/// Where the vectors of a training point lie; neighbouring corrupted entities are `stride` floats apart.
template <class Float>
struct PointRows {
  Float* subject;
  Float* relation;
  Float* object;
  Float* corrupted_subjects;
  Float* corrupted_objects;
  std::size_t stride;
};

/// The maths of a model. An object belongs to one thread: it has scratch memory.
class Model {
 public:
  virtual ~Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  virtual void object_query(const float* subject, const float* relation, float* query) const = 0;
  virtual void subject_query(const float* relation, const float* object, float* query) const = 0;

  /// The derivatives of the logistic loss (binary cross-entropy) of a point's 1 + 2 N triples, summed for
  /// each of its 3 + 2 N vectors, at the weights given. `gradients` and `weights` do not overlap. Returns the
  /// loss.
  double gradients(std::size_t negatives, const PointRows<const float>& weights,
                   const PointRows<float>& gradients);

 protected:
  explicit Model(std::size_t dim) : dim_(dim), scratch_(4 * dim) {}
  [[nodiscard]] std::size_t dim() const { return dim_; }

 private:
  /// From the derivatives by the two queries to those by subject (set), relation (set) and object (added to).
  virtual void spread(const PointRows<const float>& weights, const float* by_object_query,
                      const float* by_subject_query, const PointRows<float>& gradients) const = 0;

  const std::size_t dim_;
  std::vector<float> scratch_;  // two queries, two derivatives
};

/// `dim` is even for ComplEx.
std::unique_ptr<Model> make_model(ModelKind kind, std::size_t dim);

std::unique_ptr<Model> make_complex(std::size_t dim);
std::unique_ptr<Model> make_rescal(std::size_t dim);

}  // namespace adapm::kge
