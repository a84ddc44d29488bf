// Makes a vocabulary of a corpus: every thread of every rank counts the words of its part, and the counts are
// merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapm/store.hpp"
#include "common/share.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

/// Finds strings by views of them.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

using WordCounts = std::unordered_map<std::string, std::uint64_t, StringHash, std::equal_to<>>;

/// The counts of a part's words.   Errors  apps::InputError as CorpusReader's.
WordCounts count_words(const std::string& path, apps::Share part);

/// The same, the work spread over threads.
WordCounts count_words(const std::string& path, apps::Share part, std::size_t threads);

/// Adds the counts of all ranks; returns the words with at least `min_count`, equal on all ranks. `shards`:
/// the words are merged in so many portions, which bounds the memory needed. Collective  yes.   Blocks  yes.
template <ValueElement V>
std::vector<WordCount> merge_counts(Store<V>& store, const WordCounts& counts, std::uint64_t min_count,
                                    std::size_t shards);

/// The vocabulary of the corpus, equal on all ranks, however many ranks and threads there are.
/// Collective  yes; opens and closes a store of its own.   Blocks  yes.
/// Errors  apps::InputError if fewer than two words reach `min_count`, or if the ranks' files differ in size;
/// as CorpusReader's.
Vocabulary make_vocabulary(const std::string& path, std::uint64_t min_count, std::size_t threads,
                           const Options& options);

}  // namespace adapm::word2vec
