// A worker's negatives: words drawn with frequency^0.75, ahead of time, in the order in which they are taken.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "common/random.hpp"
#include "word2vec/alias_table.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

/// The distribution of negatives.
AliasTable negative_distribution(const Vocabulary& vocabulary);

/// Not thread-safe. The distribution must outlive it.
class Negatives {
 public:
  Negatives(const AliasTable& distribution, apps::Random random)
      : distribution_(distribution), random_(random) {}

  /// Draws `count` words; valid until the next call.
  std::span<const WordId> prepare(std::size_t count);
  /// The next `count` words of those prepared, valid until the next call. Requires that so many are left.
  std::span<const WordId> take(std::size_t count);

 private:
  const AliasTable& distribution_;
  apps::Random random_;
  std::deque<WordId> drawn_;
  std::vector<WordId> last_;
};

}  // namespace adapm::word2vec
