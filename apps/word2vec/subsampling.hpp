// Leaves out occurrences of frequent words (Mikolov and others 2013, section 2.3): a word with the share f of
// all occurrences is kept with probability sqrt(threshold / f), always if that is above 1.
#pragma once

#include <vector>

#include "common/random.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

/// Immutable after construction; any thread may ask.
class Subsampling {
 public:
  /// With threshold 0 every occurrence is kept.
  Subsampling(const Vocabulary& vocabulary, double threshold);

  [[nodiscard]] bool keeps(WordId word, apps::Random& random) const {
    return probability_[word] >= 1 || random.uniform() < probability_[word];
  }
  [[nodiscard]] double probability(WordId word) const { return probability_[word]; }

 private:
  std::vector<double> probability_;
};

}  // namespace adapm::word2vec
