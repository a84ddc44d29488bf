#include "word2vec/vocabulary.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <functional>
#include <limits>
#include <unordered_map>
#include <utility>

#include "common/atomic_file.hpp"
#include "common/program.hpp"
#include "common/text_file.hpp"

namespace adapm::word2vec {

namespace {

constexpr WordId nobody = std::numeric_limits<WordId>::max();

WordCount parse_line(const apps::Lines& lines, std::string_view line) {
  const std::size_t last = line.find_last_not_of(" \t") + 1;
  const std::size_t separator = line.find_last_of(" \t", last - 1);
  const std::string_view number =
      separator == line.npos ? "" : line.substr(separator + 1, last - separator - 1);
  const std::size_t begin = line.find_first_not_of(" \t");
  const std::size_t end = line.find_first_of(" \t", begin);
  std::uint64_t count = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), count);
  const bool two_fields = end != line.npos && line.find_first_not_of(" \t", end) == separator + 1;
  if (!two_fields || error != std::errc() || stop != number.data() + number.size()) {
    lines.fail_expecting("'word count'", line);
  }
  return {std::string(line.substr(begin, end - begin)), count};
}

}  // namespace

Vocabulary::Vocabulary(std::vector<WordCount> words)
    : words_(std::move(words)), table_(std::bit_ceil(2 * words_.size() + 1), nobody) {
  if (words_.size() >= nobody) throw apps::InputError("too many different words: raise --min-count");
  std::sort(words_.begin(), words_.end(), [](const WordCount& a, const WordCount& b) {
    return a.count != b.count ? a.count > b.count : a.word < b.word;
  });
  for (std::size_t i = 0; i < words_.size(); ++i) {
    table_[place_of(words_[i].word)] = static_cast<WordId>(i);
    total_count_ += words_[i].count;
  }
}

/// The place of `word` in the table, or the free one where it would be put.
std::size_t Vocabulary::place_of(std::string_view word) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = std::hash<std::string_view>()(word) & mask;
  while (table_[place] != nobody && words_[table_[place]].word != word) place = (place + 1) & mask;
  return place;
}

std::optional<WordId> Vocabulary::find(std::string_view word) const {
  const WordId id = table_[place_of(word)];
  return id == nobody ? std::nullopt : std::optional(id);
}

Vocabulary read_vocabulary(const std::string& path, std::uint64_t min_count) {
  const std::string text = apps::read_file(path);
  apps::Lines lines(text, path);
  std::vector<WordCount> words;
  std::unordered_map<std::string, std::size_t> line_of;
  while (const auto line = lines.next()) {
    WordCount entry = parse_line(lines, *line);
    const auto [known, is_new] = line_of.try_emplace(entry.word, lines.number());
    if (!is_new) lines.fail("'" + entry.word + "' is in line " + std::to_string(known->second) + " already");
    if (entry.count >= min_count) words.push_back(std::move(entry));
  }
  if (words.size() < 2) {
    throw apps::InputError(path + " has fewer than two words that occur " + std::to_string(min_count) +
                           " times: lower --min-count");
  }
  return Vocabulary(std::move(words));
}

void write_vocabulary(const std::string& path, const Vocabulary& vocabulary) {
  apps::AtomicFile file(path);
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<WordId>(i);
    file.write(vocabulary.word(id) + ' ' + std::to_string(vocabulary.count(id)) + '\n');
  }
  file.commit();
}

}  // namespace adapm::word2vec
