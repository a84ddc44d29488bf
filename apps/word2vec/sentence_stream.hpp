// A worker's sentences: its part of the corpus, subsampled, epoch after epoch. A window's size is drawn anew
// for each word, from 1 to a maximum. What comes depends on the file, the seed, the epoch and the worker's
// place only, so a sentence can be read long before it is trained on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/random.hpp"
#include "common/team.hpp"
#include "word2vec/corpus_reader.hpp"
#include "word2vec/subsampling.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

struct Sentence {
  std::vector<WordId> words;           ///< those that were kept
  std::vector<std::uint32_t> reaches;  ///< each word's window: so many words to either side
  std::uint64_t words_read = 0;        ///< occurrences of known words since the sentence before, kept or not
  double fraction = 0;                 ///< how much of the worker's part has been read in this epoch
  bool ends_epoch = false;
};

/// Not thread-safe. Vocabulary and subsampling must outlive it.
class SentenceStream {
 public:
  /// Longer sentences are cut.
  static constexpr std::size_t max_words = 1000;

  /// Begins with the first sentence of `first_epoch`.
  SentenceStream(const std::string& path, std::size_t corpus_bytes, const Vocabulary& vocabulary,
                 const Subsampling& subsampling, std::size_t window, std::uint64_t seed,
                 apps::WorkerPlace place, std::uint64_t first_epoch);

  /// Sets `sentence` to the next one with two words or more; the last of an epoch may have fewer.
  void next(Sentence& sentence);

 private:
  [[nodiscard]] apps::Random random_of_epoch() const;

  CorpusReader reader_;
  const Vocabulary& vocabulary_;
  const Subsampling& subsampling_;
  const std::uint32_t window_;
  const std::uint64_t seed_;
  const apps::WorkerPlace place_;
  std::uint64_t epoch_;
  apps::Random random_;
};

/// The words [begin, end) in the window of word `centre`, the word itself among them.
[[nodiscard]] apps::Share window_of(const Sentence& sentence, std::size_t centre);

}  // namespace adapm::word2vec
