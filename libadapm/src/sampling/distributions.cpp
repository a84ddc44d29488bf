// The distributions that come with the library.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "adapm/error.hpp"
#include "adapm/sampling.hpp"

namespace adapm {

namespace {

KeyRange checked(Key begin, Key end) {
  if (begin < end) return {begin, end};
  throw UsageError("a distribution over the keys from " + std::to_string(begin) + " to below " + std::to_string(end) +
                   " has nothing to draw; its end must be after its begin");
}

double checked_sum(std::span<const double> weights) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i]) || weights[i] < 0)
      throw UsageError("weight " + std::to_string(i) + " of a distribution is " + std::to_string(weights[i]) +
                       "; weights are at least 0 and finite");
    sum += weights[i];
  }
  if (sum > 0 && std::isfinite(sum)) return sum;
  throw UsageError("the " + std::to_string(weights.size()) + " weights of a distribution add up to " +
                   std::to_string(sum) + "; the sum must be above 0 and finite");
}

}  // namespace

UniformDistribution::UniformDistribution(Key begin, Key end) : range_(checked(begin, end)) {}

Key UniformDistribution::draw(Generator& random) const { return range_.begin + random.below(range_.size()); }

LogUniformDistribution::LogUniformDistribution(Key begin, Key end)
    : range_(checked(begin, end)), log_size_(std::log1p(static_cast<double>(range_.size()))) {}

Key LogUniformDistribution::draw(Generator& random) const {
  const auto drawn = static_cast<Key>(std::exp(random.uniform() * log_size_)) - 1;
  return range_.begin + std::min(drawn, range_.size() - 1);  // rounding may give one too many
}

/// Each place is filled up by one weight that is above the mean: those below it are taken one after the other.
AliasDistribution::AliasDistribution(std::span<const double> weights, Key first, Key stride)
    : places_(weights.size()), first_(first), stride_(stride) {
  using Index = std::uint32_t;
  constexpr Index most = std::numeric_limits<Index>::max();
  if (stride == 0) throw UsageError("the stride of a distribution is 0; it must be at least 1");
  if (weights.size() > most)
    throw UsageError("a distribution by weights has " + std::to_string(weights.size()) + " of them; it takes " +
                     std::to_string(most) + " at most");
  const double scale = static_cast<double>(weights.size()) / checked_sum(weights);
  std::vector<double> left(weights.size());  // 1: a whole place
  std::vector<Index> below, above;
  for (Index i = 0; i < weights.size(); ++i) {
    left[i] = weights[i] * scale;
    (left[i] < 1 ? below : above).push_back(i);
  }
  while (!below.empty() && !above.empty()) {
    const Index i = below.back(), other = above.back();
    below.pop_back();
    places_[i] = {static_cast<std::uint32_t>(std::ldexp(left[i], 32)), other};
    left[other] -= 1 - left[i];
    if (left[other] >= 1) continue;
    above.pop_back();
    below.push_back(other);
  }
  // What rounding leaves over is a whole place, nearly.
  for (const std::vector<Index>* rest : {&below, &above})
    for (const Index i : *rest) places_[i] = {most, i};
}

/// One random number is enough: times the number of places, its upper half is a place, its lower half where in it.
Key AliasDistribution::draw(Generator& random) const {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{random()} * places_.size();
  const auto index = static_cast<std::uint64_t>(product >> 64U);
  const auto within = static_cast<std::uint32_t>(product >> 32U);
  const Place place = places_[index];
  const auto own = static_cast<std::uint64_t>(within < place.share);  // no branch: it could not be foreseen
  return first_ + stride_ * (place.other + own * (index - place.other));
}

}  // namespace adapm
