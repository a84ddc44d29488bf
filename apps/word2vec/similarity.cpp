#include "word2vec/similarity.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>

#include "common/text_file.hpp"
#include "word2vec/known_word.hpp"

namespace adapm::word2vec {

namespace {

std::vector<std::string_view> split(std::string_view line) {
  const char separator = line.find('\t') != line.npos ? '\t' : ',';
  std::vector<std::string_view> fields;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(separator, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return fields;
}

/// The first field after the words that is a number.
std::optional<double> score_of(std::span<const std::string_view> fields) {
  for (const std::string_view field : fields.subspan(std::min<std::size_t>(2, fields.size()))) {
    double score = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), score);
    if (error == std::errc() && end == field.data() + field.size()) return score;
  }
  return std::nullopt;
}

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

double correlation(std::span<const double> a, std::span<const double> b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double product = 0;
  double square_a = 0;
  double square_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += (a[i] - mean_a) * (b[i] - mean_b);
    square_a += (a[i] - mean_a) * (a[i] - mean_a);
    square_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return product / std::sqrt(square_a * square_b);
}

}  // namespace

SimilarityTask read_similarity(const std::string& path, const Vocabulary& vocabulary) {
  const std::string text = apps::read_file(path);
  apps::Lines lines(text, path);
  SimilarityTask task;
  task.name = std::filesystem::path(path).stem().string();
  bool is_first = true;
  while (const auto line = lines.next()) {
    if (line->front() == '#') continue;
    const auto fields = split(*line);
    const auto score = score_of(fields);
    const bool is_heading = is_first && !score && fields.size() >= 3;
    is_first = false;
    if (is_heading) continue;
    if (!score) lines.fail_expecting("'word<TAB>word<TAB>score' or the same with commas", *line);
    const auto first = known_word(vocabulary, fields[0]);
    const auto second = known_word(vocabulary, fields[1]);
    if (first && second) {
      task.pairs.push_back({*first, *second, *score});
    } else {
      ++task.unknown;
    }
  }
  return task;
}

SimilarityScore evaluate(const SimilarityTask& task, const WordVectors& vectors) {
  std::vector<double> people;
  std::vector<double> model;
  for (const SimilarPair& pair : task.pairs) {
    people.push_back(pair.score);
    model.push_back(vectors.cosine(pair.first, pair.second));
  }
  return {spearman(people, model), people.size(), task.unknown};
}

double spearman(std::span<const double> a, std::span<const double> b) {
  return correlation(ranks_of(a), ranks_of(b));
}

}  // namespace adapm::word2vec
