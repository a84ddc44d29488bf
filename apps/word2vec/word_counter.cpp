#include "word2vec/word_counter.hpp"

#include <array>
#include <exception>
#include <sstream>
#include <thread>
#include <utility>

#include "common/gather.hpp"
#include "common/program.hpp"
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

/// Lines "word count" of the words that belong to a shard.
std::string serialised(const WordCounts& counts, std::size_t shard, std::size_t shards) {
  std::string text;
  for (const auto& [word, count] : counts) {
    if (StringHash()(word) % shards == shard) text += word + ' ' + std::to_string(count) + '\n';
  }
  return text;
}

void add_serialised(WordCounts& counts, const std::string& text) {
  std::istringstream stream(text);
  std::string word;
  std::uint64_t count = 0;
  while (stream >> word >> count) add(counts, word, count);
}

/// Portions of about 16 MB a rank.
std::size_t shards_for(Store<std::int64_t>& store, const WordCounts& counts) {
  constexpr double bytes_per_shard = 1 << 24;
  constexpr double bytes_per_word = 16;
  std::array<double, 1> most = {static_cast<double>(counts.size())};
  store.allreduce(most, Reduction::max);
  return 1 + static_cast<std::size_t>(most[0] * bytes_per_word / bytes_per_shard);
}

void check_equal_sizes(Store<std::int64_t>& store, const std::string& path, std::size_t bytes) {
  std::array<double, 2> extremes = {static_cast<double>(bytes), -static_cast<double>(bytes)};
  store.allreduce(extremes, Reduction::max);
  if (extremes[0] == -extremes[1]) return;
  throw apps::InputError(path + " has " + std::to_string(bytes) + " bytes here and another size on another " +
                         "rank: give all hosts the same file");
}

}  // namespace

WordCounts count_words(const std::string& path, apps::Share part) {
  WordCounts counts;
  CorpusReader reader(path, part);
  for (auto token = reader.next(); token != CorpusReader::Token::end; token = reader.next()) {
    if (token == CorpusReader::Token::word) add(counts, reader.word(), 1);
  }
  return counts;
}

WordCounts count_words(const std::string& path, apps::Share part, std::size_t threads) {
  std::vector<WordCounts> counts(threads);
  std::vector<std::exception_ptr> errors(threads);
  const auto work = [&](std::size_t i) {
    try {
      const apps::Share mine = apps::share_of(part.size(), {i, threads});
      counts[i] = count_words(path, apps::Share{part.begin + mine.begin, part.begin + mine.end});
    } catch (...) {
      errors[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 0; i < threads; ++i) running.emplace_back(work, i);
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  for (std::size_t i = 1; i < threads; ++i) {
    for (const auto& [word, count] : counts[i]) add(counts[0], word, count);
  }
  return std::move(counts[0]);
}

template <ValueElement V>
std::vector<WordCount> merge_counts(Store<V>& store, const WordCounts& counts, std::uint64_t min_count,
                                    std::size_t shards) {
  std::vector<WordCount> frequent;
  for (std::size_t shard = 0; shard < shards; ++shard) {
    WordCounts merged;
    for (const std::string& text : apps::gather(store, serialised(counts, shard, shards))) {
      add_serialised(merged, text);
    }
    for (const auto& [word, count] : merged) {
      if (count >= min_count) frequent.push_back({word, count});
    }
  }
  return frequent;
}

template std::vector<WordCount> merge_counts(Store<std::int64_t>&, const WordCounts&, std::uint64_t,
                                             std::size_t);

Vocabulary make_vocabulary(const std::string& path, std::uint64_t min_count, std::size_t threads,
                           const Options& options) {
  Options quiet = options;
  quiet.report = quiet.statistics = false;
  Store<std::int64_t> store(ValueLayout::uniform(1, 1), quiet);
  const std::size_t bytes = corpus_bytes(path);
  check_equal_sizes(store, path, bytes);
  const apps::Share part = apps::share_of(
      bytes, {static_cast<std::size_t>(store.rank()), static_cast<std::size_t>(store.num_ranks())});
  const WordCounts counts = count_words(path, part, threads);
  Vocabulary vocabulary(merge_counts(store, counts, min_count, shards_for(store, counts)));
  store.close();
  if (vocabulary.size() < 2) {
    throw apps::InputError(path + " has fewer than two words that occur " + std::to_string(min_count) +
                           " times: lower --min-count");
  }
  return vocabulary;
}

}  // namespace adapm::word2vec
