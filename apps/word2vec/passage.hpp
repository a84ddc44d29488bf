// What a worker trains on at once: words (the centres) and their neighbours in the text, of a few sentences or of a
// part of a long one. So few that the values they need stay in a core's cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "word2vec/sentence_stream.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

struct PassageOptions {
  std::size_t negatives = 5;
  bool shares_negatives = true;  ///< a centre's neighbours have the same negatives; false: each its own
  std::size_t max_keys = 256;    ///< about, that a passage needs; a centre with its neighbours may have more

  /// Negatives that a centre needs.
  [[nodiscard]] std::size_t negatives_for(std::size_t neighbours) const {
    return negatives * (shares_negatives ? 1 : neighbours);
  }
};

struct Passage {
  std::vector<WordId> words;              ///< of each centre: the centre, then its neighbours
  std::vector<std::uint32_t> neighbours;  ///< their number, by centre
  std::size_t negatives = 0;              ///< that its centres need
  std::size_t sentences = 0;              ///< that end in it
  std::uint64_t words_read = 0;           ///< of the corpus, with those left out; a sentence counts where it ends
  double fraction = 0;                    ///< as Sentence::fraction
  bool ends_epoch = false;

  [[nodiscard]] bool empty() const { return neighbours.empty(); }
  /// The most keys that training needs, if all are different.
  [[nodiscard]] std::size_t max_keys() const { return words.size() + neighbours.size() + negatives; }
};

/// The part of an epoch that is done.
struct EpochPart {
  double fraction = 0;  ///< as Sentence::fraction
  bool ends_epoch = false;
};

/// Cuts a worker's sentences into passages. Not thread-safe.
class PassageStream {
 public:
  PassageStream(SentenceStream sentences, const PassageOptions& options);

  /// Sets `passage` to the next one; the last of an epoch may be empty.
  void next(Passage& passage);
  /// Passes over `passages` of this epoch. Returns what of it is behind them.
  EpochPart skip(std::uint64_t passages);

 private:
  /// Adds centres of the current sentence; false if there is no room for the next one.
  bool add_centres(Passage& passage, std::size_t& keys);
  void add_centre(Passage& passage, apps::Share window);

  SentenceStream sentences_;
  const PassageOptions options_;
  Sentence sentence_;
  std::size_t centre_ = 0;  // of sentence_, the next one
};

}  // namespace adapm::word2vec
