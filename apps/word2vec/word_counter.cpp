#include "word2vec/word_counter.hpp"

#include <sstream>
#include <utility>
#include <vector>

#include "common/program.hpp"
#include "common/threads.hpp"
#include "word2vec/corpus_reader.hpp"

namespace adapm::word2vec {

namespace {

void add(WordCounts& counts, std::string_view word, std::uint64_t count) {
  const auto known = counts.find(word);
  if (known != counts.end()) {
    known->second += count;
  } else {
    counts.emplace(word, count);
  }
}

WordCounts count_part(const std::string& path, apps::Share part) {
  WordCounts counts;
  CorpusReader reader(path, part);
  for (auto token = reader.next(); token != CorpusReader::Token::end; token = reader.next()) {
    if (token == CorpusReader::Token::word) add(counts, reader.word(), 1);
  }
  return counts;
}

void append_line(std::string& text, const std::string& word, std::uint64_t count) {
  text.append(word).append(1, ' ').append(std::to_string(count)).append(1, '\n');
}

/// Calls `take(word, count)` for each line.
template <class Take>
void for_each_line(const std::string& text, Take take) {
  std::istringstream stream(text);
  std::string word;
  std::uint64_t count = 0;
  while (stream >> word >> count) take(word, count);
}

/// Adds the counts of all ranks; the words with at least `min_count`, equal on all ranks. Each rank adds up a
/// part of the words.
std::vector<WordCount> merge_counts(const apps::Ranks& ranks, const WordCounts& counts,
                                    std::uint64_t min_count) {
  std::vector<std::string> lines(ranks.count());
  for (const auto& [word, count] : counts) append_line(lines[StringHash()(word) % lines.size()], word, count);
  WordCounts merged;
  for_each_line(ranks.exchange(lines),
                [&](const std::string& word, std::uint64_t count) { add(merged, word, count); });
  std::string frequent;
  for (const auto& [word, count] : merged) {
    if (count >= min_count) append_line(frequent, word, count);
  }
  std::vector<WordCount> words;
  for_each_line(ranks.gather(frequent), [&](const std::string& word, std::uint64_t count) {
    words.push_back({word, count});
  });
  return words;
}

void check_equal_sizes(apps::Ranks& ranks, const std::string& path, std::size_t bytes) {
  const std::uint64_t largest = ranks.max(bytes);
  ranks.agree([&] {
    if (bytes == largest) return;
    throw apps::InputError(path + " has " + std::to_string(bytes) + " bytes here and " +
                           std::to_string(largest) + " on another rank: give all hosts the same file");
  });
}

}  // namespace

WordCounts count_words(const std::string& path, apps::Share part, std::size_t threads) {
  std::vector<WordCounts> counts(threads);
  apps::run_threads(threads, [&](std::size_t i) {
    const apps::Share mine = apps::share_of(part.size(), {i, threads});
    counts[i] = count_part(path, {part.begin + mine.begin, part.begin + mine.end});
  });
  for (std::size_t i = 1; i < threads; ++i) {
    for (const auto& [word, count] : counts[i]) add(counts[0], word, count);
  }
  return std::move(counts[0]);
}

Vocabulary make_vocabulary(apps::Ranks& ranks, const std::string& path, std::size_t bytes,
                           std::uint64_t min_count, std::size_t threads) {
  check_equal_sizes(ranks, path, bytes);
  WordCounts counts;
  ranks.agree([&] {
    counts = count_words(path, apps::share_of(bytes, {ranks.rank(), ranks.count()}), threads);
  });
  Vocabulary vocabulary;
  std::vector<WordCount> words = merge_counts(ranks, counts, min_count);
  ranks.agree([&] {
    vocabulary = Vocabulary(std::move(words));
    if (vocabulary.size() >= 2) return;
    throw apps::InputError(path + " has fewer than two words that occur " + std::to_string(min_count) +
                           " times: lower --min-count");
  });
  return vocabulary;
}

}  // namespace adapm::word2vec
