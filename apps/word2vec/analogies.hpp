// Word analogies: "a is to b as c is to d", answered by the word nearest to b - a + c, a, b and c excluded
// (Mikolov and others 2013, 3CosAdd).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "word2vec/vocabulary.hpp"
#include "word2vec/word_vectors.hpp"

namespace adapm::word2vec {

struct Analogy {
  std::array<WordId, 4> words;
  std::uint32_t section;
};

/// The questions of a file whose words the vocabulary has.
struct AnalogyTask {
  std::vector<std::string> sections;
  std::vector<Analogy> questions;
  std::vector<std::size_t> unknown;  ///< questions with a word that is not in the vocabulary, by section
};

/// Reads lines "a b c d" and ": section". Words are looked for as they are, then in lower case, among the
/// first `num_words` of the vocabulary.
/// Errors  apps::InputError naming the file and the line.
AnalogyTask read_analogies(const std::string& path, const Vocabulary& vocabulary, std::size_t num_words);

/// How many of `questions`, of a task with so many sections, the first `num_words` vectors answer with d, by
/// section.
std::vector<std::size_t> count_right(std::span<const Analogy> questions, std::size_t num_sections,
                                     const WordVectors& vectors, std::size_t num_words);

}  // namespace adapm::word2vec
