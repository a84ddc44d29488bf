// Words of an evaluation's files in a vocabulary that may be of a corpus in lower case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

/// The word as it is; if there is none, in lower case (ASCII).
inline std::optional<WordId> known_word(const Vocabulary& vocabulary, std::string_view word) {
  if (const auto id = vocabulary.find(word)) return id;
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return vocabulary.find(lower);
}

}  // namespace adapm::word2vec
