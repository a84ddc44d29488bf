#include "kge/initial_values.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace adapm::kge {

TEST_CASE("initial values follow from seed and key") {
  const Shape shape{ModelKind::complex, 4, 10, 2};
  std::vector<float> a(8);
  std::vector<float> b(8);
  InitialValues(shape, 1, 0.1, 1e-6F).get(3, a);
  InitialValues(shape, 1, 0.1, 1e-6F).get(3, b);
  CHECK(a == b);
  InitialValues(shape, 1, 0.1, 1e-6F).get(4, b);
  CHECK(a != b);
  InitialValues(shape, 2, 0.1, 1e-6F).get(3, b);
  CHECK(a != b);
}

TEST_CASE("weights are normal with the given deviation, sums of squares start as given") {
  const Shape shape{ModelKind::complex, 1000, 10, 2};
  std::vector<float> value(2000);
  double squares = 0;
  for (Key key = 0; key < 10; ++key) {
    InitialValues(shape, 1, 0.1, 0.01F).get(key, value);
    for (std::size_t i = 0; i < 1000; ++i) {
      squares += static_cast<double>(value[i]) * static_cast<double>(value[i]);
      REQUIRE(value[1000 + i] == 0.01F);
    }
  }
  CHECK(std::sqrt(squares / 10000) == Approx(0.1).epsilon(0.03));
}

TEST_CASE("a trained model is continued with its state, if it has one") {
  Embeddings trained;
  trained.shape = {ModelKind::rescal, 2, 2, 1};
  trained.weights = {1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<float> relation(8);
  InitialValues(trained, 1e-6F).get(2, relation);
  CHECK(relation == std::vector<float>{5, 6, 7, 8, 1e-6F, 1e-6F, 1e-6F, 1e-6F});
  trained.state = {.1F, .2F, .3F, .4F, .5F, .6F, .7F, .8F};
  std::vector<float> entity(4);
  InitialValues(trained, 1e-6F).get(1, entity);
  CHECK(entity == std::vector<float>{3, 4, .3F, .4F});
}

}  // namespace adapm::kge
