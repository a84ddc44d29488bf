// The words of a model: numbered by frequency, with their counts in the corpus.
//
// On disk a line "word count" each, the most frequent first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "word2vec/shape.hpp"

namespace adapm::word2vec {

struct WordCount {
  std::string word;
  std::uint64_t count = 0;
};

/// Immutable after construction; any thread may read.
class Vocabulary {
 public:
  Vocabulary() : Vocabulary(std::vector<WordCount>{}) {}
  /// Numbers `words`, which are different, by falling count, equal counts by the word.
  explicit Vocabulary(std::vector<WordCount> words);

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const std::string& word(WordId id) const { return words_[id].word; }
  [[nodiscard]] std::uint64_t count(WordId id) const { return words_[id].count; }
  /// Occurrences of all words together.
  [[nodiscard]] std::uint64_t total_count() const { return total_count_; }
  [[nodiscard]] std::optional<WordId> find(std::string_view word) const;

 private:
  [[nodiscard]] std::size_t place_of(std::string_view word) const;

  std::vector<WordCount> words_;  // by id
  std::vector<WordId> table_;     // open addressing by hash; a power of two, at most half full
  std::uint64_t total_count_ = 0;
};

/// Reads lines "word count"; drops words with a count below `min_count`.
/// Errors  apps::InputError naming the file, and the line if there is one: a line of another form, a word
/// that comes twice, fewer than two words.
Vocabulary read_vocabulary(const std::string& path, std::uint64_t min_count);

/// Errors  std::runtime_error naming the file and the reason.
void write_vocabulary(const std::string& path, const Vocabulary& vocabulary);

}  // namespace adapm::word2vec
