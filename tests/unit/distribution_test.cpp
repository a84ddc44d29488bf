// The random generator, and whether distributions give what they say. Seeds are fixed, so nothing here fails
// by chance.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "adapm/error.hpp"
#include "adapm/sampling.hpp"

using namespace adapm;

namespace {

constexpr std::size_t draws = 200'000;

/// How often each of the keys below `num_keys` was drawn.
std::vector<double> frequencies(const Distribution& distribution, std::size_t num_keys) {
  Generator random({7});
  std::vector<double> counts(num_keys);
  for (std::size_t i = 0; i < draws; ++i) ++counts.at(static_cast<std::size_t>(distribution.draw(random)));
  return counts;
}

/// Pearson's test, at about five standard deviations. Keys of weight 0 must not have been drawn.
bool fits(const std::vector<double>& counts, const std::vector<double>& weights) {
  const double scale = static_cast<double>(draws) / std::accumulate(weights.begin(), weights.end(), 0.0);
  double statistic = 0, freedom = -1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = weights[i] * scale;
    if (expected == 0 && counts[i] > 0) return false;
    if (expected == 0) continue;
    statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
    ++freedom;
  }
  return statistic < freedom + 5 * std::sqrt(2 * freedom);
}

}  // namespace

TEST_CASE("a generator follows from seed, rank and worker, each of which makes another stream") {
  const auto first = [](Generator random) { return random(); };
  CHECK(first(Generator({1, 2, 3})) == first(Generator({1, 2, 3})));
  for (const Generator& other :
       {Generator({2, 2, 3}), Generator({1, 3, 3}), Generator({1, 2, 4}), Generator({1, 3, 2})})
    CHECK(first(Generator({1, 2, 3})) != first(other));
}

TEST_CASE("a generator serves the distributions of the standard library") {
  Generator random({1});
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) sum += std::uniform_int_distribution<int>(1, 6)(random);
  CHECK(sum / 10'000 == Approx(3.5).epsilon(0.02));
}

TEST_CASE("numbers below a bound and in the unit interval are uniform") {
  Generator random({1});
  std::vector<double> below(7), unit(7);
  for (std::size_t i = 0; i < draws; ++i) {
    ++below.at(static_cast<std::size_t>(random.below(7U)));
    ++unit.at(static_cast<std::size_t>(random.uniform() * 7));
  }
  CHECK(fits(below, std::vector<double>(7, 1)));
  CHECK(fits(unit, std::vector<double>(7, 1)));
  const std::uint64_t three_quarters = 3 * (Generator::max() / 4);  // where cutting off would show
  std::vector<double> thirds(3);
  for (std::size_t i = 0; i < draws; ++i)
    ++thirds.at(static_cast<std::size_t>(random.below(three_quarters) / (three_quarters / 3)));
  CHECK(fits(thirds, {1, 1, 1}));
}

TEST_CASE("the uniform distribution gives every key of its range alike") {
  const UniformDistribution distribution(10, 60);
  std::vector<double> weights(70, 0);
  std::fill(weights.begin() + 10, weights.begin() + 60, 1);
  CHECK(fits(frequencies(distribution, 70), weights));
  CHECK(distribution.range() == KeyRange{10, 60});
}

TEST_CASE("the log-uniform distribution gives small keys more often") {
  const LogUniformDistribution distribution(5, 105);
  std::vector<double> weights(110, 0);
  for (std::size_t k = 0; k < 100; ++k) weights[5 + k] = std::log1p(1.0 / static_cast<double>(k + 1));
  CHECK(fits(frequencies(distribution, 110), weights));
  CHECK(distribution.range() == KeyRange{5, 105});
}

TEST_CASE("a distribution by weights gives what they say, at the keys they stand for") {
  std::vector<double> weights(50);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = i % 7 == 0 ? 0 : std::pow(1.0 + static_cast<double>(i), -1.5);
  CHECK(fits(frequencies(AliasDistribution(weights), 50), weights));
  std::vector<double> of_keys(200, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) of_keys[3 + 2 * i] = weights[i];
  const AliasDistribution spread(weights, 3, 2);
  CHECK(fits(frequencies(spread, 200), of_keys));
  CHECK_FALSE(spread.range().has_value());
}

TEST_CASE("one key alone, and weights far apart, can be drawn") {
  Generator random({1});
  CHECK(UniformDistribution(4, 5).draw(random) == 4);
  CHECK(LogUniformDistribution(4, 5).draw(random) == 4);
  CHECK(AliasDistribution(std::vector<double>{0.25}, 9).draw(random) == 9);
  const std::vector<double> weights{1e-300, 1, 1e-9, 1e-12};
  CHECK(frequencies(AliasDistribution(weights), 4)[1] > 0.999 * draws);
}

TEST_CASE("distributions that nothing can be drawn from are refused") {
  using Weights = std::vector<double>;
  CHECK_THROWS_AS(UniformDistribution(5, 5), UsageError);
  CHECK_THROWS_AS(LogUniformDistribution(6, 5), UsageError);
  CHECK_THROWS_AS(AliasDistribution(Weights{}), UsageError);
  CHECK_THROWS_AS(AliasDistribution(Weights{0, 0}), UsageError);
  CHECK_THROWS_AS(AliasDistribution(Weights{1}, 0, 0), UsageError);
  CHECK_THROWS_WITH(AliasDistribution(Weights{1, -2}), Catch::Contains("weight 1") && Catch::Contains("-2"));
  CHECK_THROWS_AS(AliasDistribution(Weights{1, std::nan("")}), UsageError);
  CHECK_THROWS_AS(AliasDistribution(Weights{1, INFINITY}), UsageError);
}
