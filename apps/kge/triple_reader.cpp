#include "kge/triple_reader.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include "common/text_file.hpp"

namespace adapm::kge {

namespace {

using apps::Lines;

/// Takes a number and the blanks before it from the front of `text`; nothing if there is none.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return std::nullopt;
  text.remove_prefix(first);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty() && text.front() != ' ' && text.front() != '\t') return std::nullopt;
  return value;
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t") == text.npos; }

/// The line's numbers; fails if there are not exactly N, or one is too large for an id.
template <std::size_t N>
std::array<Id, N> numbers(const Lines& lines, std::string_view line, const char* expected) {
  std::array<Id, N> result{};
  std::string_view rest = line;
  for (Id& id : result) {
    const auto number = take_number(rest);
    if (!number || *number >= std::numeric_limits<Id>::max()) lines.fail_expecting(expected, line);
    id = static_cast<Id>(*number);
  }
  if (!blank(rest)) lines.fail_expecting(expected, line);
  return result;
}

std::size_t count_line(Lines& lines) {
  const auto line = lines.next();
  if (!line) lines.fail("expected the number of lines that follow, found the end of the file");
  return numbers<1>(lines, *line, "the number of lines that follow")[0];
}

void check_count(const Lines& lines, std::size_t announced, std::size_t found) {
  if (announced == found) return;
  lines.fail("the first line announces " + std::to_string(announced) + " lines, but " +
             std::to_string(found) + " follow");
}

}  // namespace

Id Dictionary::id(std::string_view name) {
  const auto [entry, is_new] = ids_.try_emplace(std::string(name), static_cast<Id>(names_.size()));
  if (is_new) names_.emplace_back(name);
  return entry->second;
}

std::vector<Triple> parse_number_triples(std::string_view text, const std::string& file, TripleOrder order,
                                         bool counted) {
  const bool object_second = order == TripleOrder::subject_object_relation;
  const char* expected = object_second ? "three whole numbers 'subject object relation', 0-based"
                                       : "three whole numbers 'subject relation object', 0-based";
  Lines lines(text, file);
  std::vector<Triple> triples;
  triples.reserve(text.size() / 12);
  const std::size_t announced = counted ? count_line(lines) : 0;
  while (const auto line = lines.next()) {
    const auto [first, second, third] = numbers<3>(lines, *line, expected);
    triples.push_back(object_second ? Triple{first, third, second} : Triple{first, second, third});
  }
  if (counted) check_count(lines, announced, triples.size());
  return triples;
}

std::vector<Triple> parse_name_triples(std::string_view text, const std::string& file, Dictionary& entities,
                                       Dictionary& relations) {
  Lines lines(text, file);
  std::vector<Triple> triples;
  while (const auto line = lines.next()) {
    const std::size_t first = line->find('\t');
    const std::size_t second = first == line->npos ? first : line->find('\t', first + 1);
    const bool complete = second != line->npos && first > 0 && second > first + 1 &&
                          second + 1 < line->size() && line->find('\t', second + 1) == line->npos;
    if (!complete) lines.fail_expecting("three names 'subject<TAB>relation<TAB>object'", *line);
    const Id subject = entities.id(line->substr(0, first));
    const Id relation = relations.id(line->substr(first + 1, second - first - 1));
    triples.push_back({subject, relation, entities.id(line->substr(second + 1))});
  }
  return triples;
}

std::vector<std::string> parse_id_names(std::string_view text, const std::string& file) {
  Lines lines(text, file);
  std::vector<std::string> names;
  while (const auto line = lines.next()) {
    const std::size_t tab = line->find('\t');
    std::string_view number = line->substr(0, tab);
    const auto id = take_number(number);
    if (tab == line->npos || !id || !blank(number) || *id != names.size()) {
      lines.fail_expecting(std::string("'").append(std::to_string(names.size())).append("<TAB>name'"), *line);
    }
    names.emplace_back(line->substr(tab + 1));
  }
  return names;
}

std::vector<std::string> parse_name_ids(std::string_view text, const std::string& file) {
  Lines lines(text, file);
  const std::size_t announced = count_line(lines);
  if (announced > text.size())
    lines.fail("announces " + std::to_string(announced) + " lines, more than the file can have");
  std::vector<std::string> names;
  std::vector<bool> seen;
  std::size_t found = 0;
  while (const auto line = lines.next()) {
    const std::size_t separator = line->find_last_of(" \t");
    std::string_view number = separator == line->npos ? "" : line->substr(separator);
    const auto id = take_number(number);
    if (!id || *id >= announced) {
      lines.fail_expecting("'name<TAB>id' with an id below " + std::to_string(announced), *line);
    }
    if (names.empty()) {
      names.resize(announced);
      seen.resize(announced);
    }
    if (seen[*id]) lines.fail("id " + std::to_string(*id) + " has a name already");
    seen[*id] = true;
    names[*id] = line->substr(0, separator);
    ++found;
  }
  check_count(lines, announced, found);
  return names;
}

}  // namespace adapm::kge
