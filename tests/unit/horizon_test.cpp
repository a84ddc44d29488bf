#include "intent/horizon.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using adapm::Clock;
using adapm::Options;
using adapm::intent::HorizonEstimator;
using adapm::intent::poisson_quantile;

TEST_CASE("the horizon covers the 0.9999 quantile of two rounds' clocks") {
  // Window by expected clocks a round; the numbers are AdaPM's.
  struct Row {
    double clocks_per_round;
    Clock window;
  };
  for (const Row row : {Row{0.1, 3}, {1, 9}, {2, 13}, {5, 24}, {10, 39}, {50, 139}, {100, 255}, {300, 693}}) {
    INFO(row.clocks_per_round);
    CHECK(poisson_quantile(2 * row.clocks_per_round, 0.9999) == row.window);
  }
}

TEST_CASE("the quantile is the least number that is reached with enough probability") {
  for (const double mean : {0.3, 4.0, 37.0}) {
    const Clock n = poisson_quantile(mean, 0.999);
    double below = 0, term = std::exp(-mean);
    for (Clock k = 0; k < n; ++k) {
      below += term;
      term *= mean / static_cast<double>(k + 1);
    }
    CHECK(below < 0.999);
    CHECK(below + term >= 0.999);
  }
}

TEST_CASE("a large mean is approximated, without a jump") {
  const Clock exact = poisson_quantile(1.99e6, 0.9999);
  const Clock approximate = poisson_quantile(2.01e6, 0.9999);
  CHECK(approximate > exact);
  CHECK(std::abs(static_cast<double>(approximate - exact) - 2e4) < 100);
}

TEST_CASE("the estimate follows the ticks, at once upwards and slowly downwards") {
  HorizonEstimator horizon{Options{}};
  CHECK(horizon.observe(0) == 0 + 39 + 1);  // the initial estimate of 10 clocks a round
  CHECK(horizon.observe(300) == 300 + 693 + 1);
  CHECK(horizon.estimate() == Approx(0.9 * 10 + 0.1 * 300));
  const double before = horizon.estimate();
  horizon.observe(300);  // a round without ticks says nothing
  CHECK(horizon.estimate() == before);
}

TEST_CASE("the estimate stays where it is without autotuning, and nothing is timed if that is switched off") {
  Options fixed;
  fixed.timing_autotune = false;
  HorizonEstimator horizon{fixed};
  horizon.observe(0);
  CHECK(horizon.observe(1000) == 1000 + 39 + 1);

  Options untimed;
  untimed.time_intent_actions = false;
  CHECK(HorizonEstimator{untimed}.observe(5) == adapm::clock_forever);
}
