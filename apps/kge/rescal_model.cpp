// RESCAL (Nickel, Tresp and Kriegel 2011).
#include <algorithm>

#include "kge/kernels.hpp"
#include "kge/model.hpp"
#include "common/multiversion.hpp"

namespace adapm::kge {

namespace {

/// y = R' x
ADAPM_MULTIVERSION
void transposed_product(const float* matrix, const float* x, float* y, std::size_t dim) {
  std::fill(y, y + dim, 0.0F);
  for (std::size_t i = 0; i < dim; ++i) kernels::add_scaled(x[i], matrix + i * dim, y, dim);
}

/// y = R x
ADAPM_MULTIVERSION
void product(const float* matrix, const float* x, float* y, std::size_t dim) {
  for (std::size_t i = 0; i < dim; ++i) y[i] = kernels::dot(matrix + i * dim, x, dim);
}

ADAPM_MULTIVERSION
void spread_point(std::size_t dim, const PointRows<const float>& w, const float* object_sum,
                  const float* subject_sum, const PointRows<float>& g) {
  for (std::size_t i = 0; i < dim; ++i) {
    const float* const row = w.relation + i * dim;
    float* const row_gradient = g.relation + i * dim;
    kernels::scale(w.subject[i], object_sum, row_gradient, dim);
    kernels::add_scaled(subject_sum[i], w.object, row_gradient, dim);
    g.subject[i] = kernels::dot(row, object_sum, dim);
    kernels::add_scaled(subject_sum[i], row, g.object, dim);
  }
}

class RescalModel final : public Model {
 public:
  explicit RescalModel(std::size_t dim) : Model(dim) {}

  void object_query(const float* subject, const float* relation, float* query) const override {
    transposed_product(relation, subject, query, dim());
  }

  void subject_query(const float* relation, const float* object, float* query) const override {
    product(relation, object, query, dim());
  }

 private:
  void spread(const PointRows<const float>& weights, const float* by_object_query,
              const float* by_subject_query, const PointRows<float>& gradients) const override {
    spread_point(dim(), weights, by_object_query, by_subject_query, gradients);
  }
};

}  // namespace

std::unique_ptr<Model> make_rescal(std::size_t dim) { return std::make_unique<RescalModel>(dim); }

}  // namespace adapm::kge
