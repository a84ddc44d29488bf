// Word similarity: how well the cosines of word pairs rank them as people do (Spearman's correlation).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "word2vec/vocabulary.hpp"
#include "word2vec/word_vectors.hpp"

namespace adapm::word2vec {

struct SimilarPair {
  WordId first;
  WordId second;
  double score;  ///< people's
};

/// The pairs of a file whose words the vocabulary has.
struct SimilarityTask {
  std::string name;  ///< the file's, without folder and suffix
  std::vector<SimilarPair> pairs;
  std::size_t unknown = 0;  ///< pairs with a word that is not in the vocabulary
};

/// Reads lines "word word score", separated by tabs or commas; a column between words and score that is not a
/// number is skipped. Lines that begin with # and a first line without a number are headings. A word that is
/// not in the vocabulary is looked for in lower case. Errors  apps::InputError naming the file and the line.
SimilarityTask read_similarity(const std::string& path, const Vocabulary& vocabulary);

struct SimilarityScore {
  double spearman = 0;  ///< not a number if fewer than two pairs are known or one side is constant
  std::size_t pairs = 0;
  std::size_t unknown = 0;
};

/// Requires vectors for all words of the task.
SimilarityScore evaluate(const SimilarityTask& task, const WordVectors& vectors);

/// Spearman's rank correlation; equal values share the mean of their ranks. Requires equal sizes.
double spearman(std::span<const double> a, std::span<const double> b);

}  // namespace adapm::word2vec
