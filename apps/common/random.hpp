// Random numbers that are the same on every machine: one stream per purpose, named by a few words (a seed, a
// worker, a key), so that streams do not depend on how many others there are.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

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

/// Sets `copy` to `items` in a random order (inside-out Fisher and Yates).
template <class Item>
void shuffled_copy(std::span<const Item> items, std::vector<Item>& copy, Random& random) {
  copy.resize(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t j = random.below(i + 1);
    copy[i] = copy[j];
    copy[j] = items[i];
  }
}

}  // namespace adapm::apps
