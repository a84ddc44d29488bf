#include "kge/adagrad.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace adapm::kge {

TEST_CASE("AdaGrad's update is its formula, for any number of weights") {
  for (const std::size_t n : {1UL, 7UL, 8UL, 33UL}) {
    std::vector<float> value(2 * n);
    std::vector<float> gradient(n);
    std::vector<float> update(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
      value[i] = 1;
      value[n + i] = 0.25F * static_cast<float>(i);
      gradient[i] = 0.5F - static_cast<float>(i);
    }
    adagrad_update(0.1F, value.data(), gradient.data(), n, update.data());
    for (std::size_t i = 0; i < n; ++i) {
      const double g = gradient[i];
      CHECK(update[i] == Approx(-0.1 * g / std::sqrt(value[n + i] + g * g)).epsilon(1e-5));
      CHECK(update[n + i] == Approx(g * g).epsilon(1e-5));
    }
  }
}

TEST_CASE("a zero gradient changes nothing") {
  const float value[] = {1, 1e-6F};
  const float gradient[] = {0};
  float update[2] = {9, 9};
  adagrad_update(0.1F, value, gradient, 1, update);
  CHECK(update[0] == 0);
  CHECK(update[1] == 0);
}

TEST_CASE("the penalty's gradient is added and its value returned") {
  const std::vector<float> weights = {1, -2, 3};
  std::vector<float> gradient = {10, 10, 10};
  CHECK(add_l2(0.5F, weights.data(), 3, gradient.data()) == Approx(0.25 * 14));
  CHECK(gradient == std::vector<float>{10.5F, 9, 11.5F});
}

}  // namespace adapm::kge
