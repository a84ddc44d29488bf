#include "kge/model.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <functional>

#include "common/random.hpp"

namespace adapm::kge {

namespace {

/// A point's vectors in double precision: subject, relation, object, corrupted subjects, corrupted objects.
struct Point {
  ModelKind kind;
  std::size_t dim;
  std::size_t negatives;
  std::vector<std::vector<double>> rows;

  Point(ModelKind k, std::size_t d, std::size_t n) : kind(k), dim(d), negatives(n) {
    apps::Random random({42, d, n});
    for (std::size_t i = 0; i < 3 + 2 * n; ++i) {
      rows.emplace_back(i == 1 && k == ModelKind::rescal ? d * d : d);
      for (double& weight : rows.back()) weight = static_cast<float>(0.5 * random.normal());
    }
  }

  /// The textbook's score.
  [[nodiscard]] double score(const std::vector<double>& s, const std::vector<double>& o) const {
    const std::vector<double>& r = rows[1];
    double sum = 0;
    if (kind == ModelKind::rescal) {
      for (std::size_t i = 0; i < dim; ++i) {
        for (std::size_t j = 0; j < dim; ++j) sum += s[i] * r[i * dim + j] * o[j];
      }
      return sum;
    }
    const std::size_t h = dim / 2;
    const auto component = [h](const std::vector<double>& x, std::size_t i) {
      return std::complex<double>(x[i], x[h + i]);
    };
    for (std::size_t i = 0; i < h; ++i) {
      sum += (component(s, i) * component(r, i) * std::conj(component(o, i))).real();
    }
    return sum;
  }

  [[nodiscard]] double loss() const {
    double sum = std::log1p(std::exp(-score(rows[0], rows[2])));
    for (std::size_t i = 0; i < negatives; ++i) {
      sum += std::log1p(std::exp(score(rows[3 + i], rows[2])));
      sum += std::log1p(std::exp(score(rows[0], rows[3 + negatives + i])));
    }
    return sum;
  }

  /// The rows one after the other.
  [[nodiscard]] std::vector<float> flat() const {
    std::vector<float> result;
    for (const auto& row : rows) {
      for (const double weight : row) result.push_back(static_cast<float>(weight));
    }
    return result;
  }

  template <class Float>
  [[nodiscard]] PointRows<Float> view(Float* buffer) const {
    Float* const object = buffer + dim + rows[1].size();
    return {buffer, buffer + dim, object, object + dim, object + (1 + negatives) * dim, dim};
  }
};

}  // namespace

TEST_CASE("scores are products of a query with an entity") {
  for (const ModelKind kind : {ModelKind::complex, ModelKind::rescal}) {
    for (const std::size_t dim : {2UL, 6UL, 64UL}) {
      const Point point(kind, dim, 0);
      const auto weights = point.flat();
      const auto rows = point.view(weights.data());
      const auto model = make_model(kind, dim);
      std::vector<float> by_object(dim);
      std::vector<float> by_subject(dim);
      model->object_query(rows.subject, rows.relation, by_object.data());
      model->subject_query(rows.relation, rows.object, by_subject.data());
      double object_score = 0;
      double subject_score = 0;
      for (std::size_t i = 0; i < dim; ++i) {
        object_score += static_cast<double>(by_object[i]) * point.rows[2][i];
        subject_score += static_cast<double>(by_subject[i]) * point.rows[0][i];
      }
      const double expected = point.score(point.rows[0], point.rows[2]);
      CHECK(object_score == Approx(expected).epsilon(1e-4).margin(1e-4));
      CHECK(subject_score == Approx(expected).epsilon(1e-4).margin(1e-4));
    }
  }
}

TEST_CASE("gradients are the derivatives of the loss") {
  for (const ModelKind kind : {ModelKind::complex, ModelKind::rescal}) {
    for (const std::size_t negatives : {0UL, 1UL, 3UL}) {
      const std::size_t dim = 6;
      Point point(kind, dim, negatives);
      const auto weights = point.flat();
      std::vector<float> gradients(weights.size(), 99);
      const auto model = make_model(kind, dim);
      const double loss =
          model->gradients(negatives, point.view(weights.data()), point.view(gradients.data()));
      CHECK(loss == Approx(point.loss()).epsilon(1e-4));
      std::size_t at = 0;
      for (auto& row : point.rows) {
        for (double& weight : row) {
          const double step = 1e-5;
          const double before = weight;
          weight = before + step;
          const double above = point.loss();
          weight = before - step;
          const double below = point.loss();
          weight = before;
          CHECK(gradients[at++] == Approx((above - below) / (2 * step)).epsilon(1e-3).margin(1e-4));
        }
      }
    }
  }
}

TEST_CASE("the loss of extreme scores is finite and right") {
  const std::size_t dim = 2;
  std::vector<float> weights = {100, 0, 100, 0, 100, 0, 100, 0, 100, 0};  // all scores 1e6
  std::vector<float> gradients(weights.size());
  const PointRows<const float> rows{&weights[0], &weights[2], &weights[4], &weights[6], &weights[8], dim};
  const PointRows<float> out{&gradients[0], &gradients[2], &gradients[4], &gradients[6], &gradients[8], dim};
  const auto model = make_model(ModelKind::complex, dim);
  CHECK(model->gradients(1, rows, out) == Approx(2e6));
  for (const float gradient : gradients) CHECK(std::isfinite(gradient));
}

TEST_CASE("very many negatives do not overflow the loss") {
  const std::size_t negatives = 5000;
  std::vector<float> weights((3 + 2 * negatives) * 2, 0.0F);  // all scores 0: each triple costs log 2
  std::vector<float> gradients(weights.size());
  const auto rows = [&](auto* data) {
    return PointRows<std::remove_pointer_t<decltype(data)>>{
        data, data + 2, data + 4, data + 6, data + 6 + 2 * negatives, 2};
  };
  const auto model = make_model(ModelKind::complex, 2);
  const double loss =
      model->gradients(negatives, rows(std::as_const(weights).data()), rows(gradients.data()));
  CHECK(loss == Approx((1 + 2 * static_cast<double>(negatives)) * std::log(2)));
}

}  // namespace adapm::kge
