#include "kge/model.hpp"

#include <algorithm>

#include "common/logistic_loss.hpp"
#include "common/multiversion.hpp"
#include "kge/kernels.hpp"

namespace adapm::kge {

namespace {

/// One negative triple: sets the entity's gradient, adds to the query's.
[[gnu::always_inline]] inline void corrupt(std::size_t dim, const float* query, const float* entity,
                                           float* gradient, float* query_sum, apps::LogisticLoss& loss) {
  const float derivative = loss.add(kernels::dot(query, entity, dim), false);
  kernels::scale(derivative, query, gradient, dim);
  kernels::add_scaled(derivative, entity, query_sum, dim);
}

struct Queries {
  const float* by_object;   ///< its product with the object is the score
  const float* by_subject;  ///< its product with the subject is the score
  float* by_object_sum;     ///< out: the loss's derivative by `by_object`
  float*
      by_subject_sum;  ///< out: the same for `by_subject`, without the positive triple, which is in the other
};

/// Sets the gradients of the corrupted entities, the object's from the positive triple alone, and the sums of
/// `queries`. Returns the loss.
ADAPM_MULTIVERSION
double score_point(std::size_t dim, std::size_t negatives, const PointRows<const float>& weights,
                   const Queries& queries, const PointRows<float>& gradients) {
  apps::LogisticLoss loss;
  const float derivative = loss.add(kernels::dot(queries.by_object, weights.object, dim), true);
  kernels::scale(derivative, queries.by_object, gradients.object, dim);
  kernels::scale(derivative, weights.object, queries.by_object_sum, dim);
  std::fill(queries.by_subject_sum, queries.by_subject_sum + dim, 0.0F);
  for (std::size_t i = 0; i < negatives; ++i) {
    corrupt(dim, queries.by_subject, weights.corrupted_subjects + i * weights.stride,
            gradients.corrupted_subjects + i * gradients.stride, queries.by_subject_sum, loss);
    corrupt(dim, queries.by_object, weights.corrupted_objects + i * weights.stride,
            gradients.corrupted_objects + i * gradients.stride, queries.by_object_sum, loss);
  }
  return loss.sum();
}

}  // namespace

double Model::gradients(std::size_t negatives, const PointRows<const float>& weights,
                        const PointRows<float>& gradients) {
  float* const queries = scratch_.data();
  float* const sums = queries + 2 * dim_;
  object_query(weights.subject, weights.relation, queries);
  subject_query(weights.relation, weights.object, queries + dim_);
  const double loss =
      score_point(dim_, negatives, weights, {queries, queries + dim_, sums, sums + dim_}, gradients);
  spread(weights, sums, sums + dim_, gradients);
  return loss;
}

std::unique_ptr<Model> make_model(ModelKind kind, std::size_t dim) {
  return kind == ModelKind::complex ? make_complex(dim) : make_rescal(dim);
}

}  // namespace adapm::kge
