// ComplEx (Trouillon and others 2016).
#include "kge/kernels.hpp"
#include "kge/model.hpp"
#include "common/multiversion.hpp"

namespace adapm::kge {

namespace {

ADAPM_MULTIVERSION
void product(const float* a, const float* b, float* y, std::size_t dim) { kernels::multiply(a, b, y, dim); }

ADAPM_MULTIVERSION
void product_conjugate(const float* a, const float* b, float* y, std::size_t dim) {
  kernels::multiply_conjugate(a, b, y, dim);
}

ADAPM_MULTIVERSION
void spread_point(std::size_t dim, const PointRows<const float>& w, const float* object_sum,
                  const float* subject_sum, const PointRows<float>& g) {
  kernels::multiply_conjugate(w.relation, object_sum, g.subject, dim);
  kernels::multiply_conjugate(w.subject, object_sum, g.relation, dim);
  kernels::add_product_conjugate(subject_sum, w.object, g.relation, dim);
  kernels::add_product(w.relation, subject_sum, g.object, dim);
}

class ComplexModel final : public Model {
 public:
  explicit ComplexModel(std::size_t dim) : Model(dim) {}

  void object_query(const float* subject, const float* relation, float* query) const override {
    product(subject, relation, query, dim());
  }

  void subject_query(const float* relation, const float* object, float* query) const override {
    product_conjugate(relation, object, query, dim());
  }

 private:
  void spread(const PointRows<const float>& weights, const float* by_object_query,
              const float* by_subject_query, const PointRows<float>& gradients) const override {
    spread_point(dim(), weights, by_object_query, by_subject_query, gradients);
  }
};

}  // namespace

std::unique_ptr<Model> make_complex(std::size_t dim) { return std::make_unique<ComplexModel>(dim); }

}  // namespace adapm::kge
