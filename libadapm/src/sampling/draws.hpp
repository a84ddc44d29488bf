// One worker's draws from the store's population: single keys, lists of keys, keys that a sample does not have yet.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "adapm/sampling.hpp"
#include "sampling/key_set.hpp"
#include "sampling/population.hpp"

namespace adapm::sampling {

/// Every function that draws throws what Population::draw throws.
class Draws {
 public:
  /// How often a new key is drawn for, before it is looked for in another way or given up.
  static constexpr std::size_t max_draws_for_new = 100'000;

  Draws(std::shared_ptr<const Population> population, bool with_replacement, Generator random)
      : population_(std::move(population)), with_replacement_(with_replacement), random_(random) {}
  Draws(const Draws&) = delete;
  Draws& operator=(const Draws&) = delete;

  [[nodiscard]] const Population& population() const { return *population_; }
  [[nodiscard]] bool with_replacement() const { return with_replacement_; }
  [[nodiscard]] Generator& random() { return random_; }
  [[nodiscard]] const Generator& random() const { return random_; }

  Key draw() { return population_->draw(random_); }

  /// Errors  UsageError if a sample of `n` keys cannot be had without replacement.
  void check_size(std::size_t n) const;

  /// Sets `keys` to `n` keys; without replacement they are different. Requires check_size(n).
  void draw_list(std::size_t n, std::vector<Key>& keys);

  /// A key that is not in `seen`, which it is added to. Without luck it is the next one of the range that is not.
  /// Errors  UsageError if the population has no range, and not one of max_draws_for_new draws was new.
  Key draw_new(KeySet& seen);

 private:
  const std::shared_ptr<const Population> population_;
  const bool with_replacement_;
  Generator random_;
  KeySet seen_;  // of draw_list
};

}  // namespace adapm::sampling
