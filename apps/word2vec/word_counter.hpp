// Makes a vocabulary of a corpus: every thread of every rank counts the words of its part, and the counts are
// merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/ranks.hpp"
#include "common/team.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

/// Finds strings by views of them.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

using WordCounts = std::unordered_map<std::string, std::uint64_t, StringHash, std::equal_to<>>;

/// The counts of a part's words, the work spread over threads.
/// Errors  apps::InputError as CorpusReader's.
WordCounts count_words(const std::string& path, apps::Share part, std::size_t threads);

/// The vocabulary of the corpus, of corpus_bytes() `bytes`; equal on all ranks, however many ranks and
/// threads there are. Collective  yes; no store may be open.   Blocks  yes. Errors  apps::InputError on all
/// ranks if fewer than two words reach `min_count`, or if the ranks' files differ in size; as CorpusReader's.
Vocabulary make_vocabulary(apps::Ranks& ranks, const std::string& path, std::size_t bytes,
                           std::uint64_t min_count, std::size_t threads);

}  // namespace adapm::word2vec
