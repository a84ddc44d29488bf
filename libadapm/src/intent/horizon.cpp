#include "intent/horizon.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>

namespace adapm::intent {

namespace {
constexpr double normal_from_mean = 2e6;
}

Clock poisson_quantile(double mean, double quantile) {
  if (mean <= 0) return 0;
  if (mean >= normal_from_mean) {
    const boost::math::normal_distribution<double> normal(mean, std::sqrt(mean));
    return static_cast<Clock>(std::ceil(boost::math::quantile(normal, quantile)));
  }
  using RoundUp = boost::math::policies::policy<
      boost::math::policies::discrete_quantile<boost::math::policies::integer_round_up>>;
  const boost::math::poisson_distribution<double, RoundUp> poisson(mean);
  return static_cast<Clock>(boost::math::quantile(poisson, quantile));
}

Clock HorizonEstimator::observe(Clock now) {
  if (!timed_) return clock_forever;
  double expected = estimate_;
  if (last_ >= 0 && now > last_ && autotune_) {
    const auto ticks = static_cast<double>(now - last_);
    estimate_ = (1 - smoothing_) * estimate_ + smoothing_ * ticks;
    expected = std::max(ticks, estimate_);
  }
  last_ = now;
  // The action must be over within this round and the next, hence two rounds' clocks.
  if (2 * expected != mean_of_window_) {
    mean_of_window_ = 2 * expected;
    window_ = poisson_quantile(mean_of_window_, quantile_);
  }
  return now > clock_forever - window_ - 1 ? clock_forever : now + window_ + 1;
}

}  // namespace adapm::intent
