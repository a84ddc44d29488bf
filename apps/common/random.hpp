// Random numbers that are the same on every machine: one stream per purpose, named by a few words (a seed, a
// worker, a key), so that streams do not depend on how many others there are.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "adapm/sampling.hpp"

namespace adapm::apps {

/// The library's generator, with what initial values want besides. Not thread-safe.
class Random : public Generator {
 public:
  using Generator::Generator;

  /// Standard normal (Box and Muller).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
};

/// Puts `items` in a random order, the same on every machine.
template <class Items>
void shuffle(Items& items, Random& random) {
  for (std::size_t n = items.size(); n > 1; --n) std::swap(items[n - 1], items[random.below(n)]);
}

}  // namespace adapm::apps
