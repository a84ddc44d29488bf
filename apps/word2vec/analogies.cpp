#include "word2vec/analogies.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <sstream>
#include <utility>

#include "common/multiversion.hpp"
#include "common/text_file.hpp"
#include "word2vec/known_word.hpp"

namespace adapm::word2vec {

namespace {

constexpr std::size_t batch_size =
    8;  // queries whose sums fit into registers while the vocabulary streams by

/// scores[q] = row . queries[q]; queries are interleaved: weight i of query q is queries[i * batch_size + q].
ADAPM_MULTIVERSION
void score_rows(const float* rows, std::size_t count, std::size_t dim, const float* queries, float* scores) {
  for (std::size_t r = 0; r < count; ++r) {
    float sums[batch_size] = {};
    for (std::size_t i = 0; i < dim; ++i) {
      for (std::size_t q = 0; q < batch_size; ++q) sums[q] += rows[r * dim + i] * queries[i * batch_size + q];
    }
    std::copy_n(sums, batch_size, scores + r * batch_size);
  }
}

/// The best answer so far to each question of a batch.
struct Best {
  float score = -std::numeric_limits<float>::infinity();
  WordId word = std::numeric_limits<WordId>::max();
};

void interleave_queries(std::span<const Analogy> questions, const WordVectors& vectors,
                        std::vector<float>& queries) {
  queries.assign(batch_size * vectors.dim(), 0);
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const auto a = vectors.get(questions[q].words[0]);
    const auto b = vectors.get(questions[q].words[1]);
    const auto c = vectors.get(questions[q].words[2]);
    for (std::size_t i = 0; i < vectors.dim(); ++i) queries[i * batch_size + q] = b[i] - a[i] + c[i];
  }
}

void take_better(std::span<const Analogy> questions, WordId word, const float* scores, std::span<Best> best) {
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const auto& words = questions[q].words;
    if (scores[q] <= best[q].score || std::find(words.begin(), words.begin() + 3, word) != words.begin() + 3)
      continue;
    best[q] = {scores[q], word};
  }
}

}  // namespace

AnalogyTask read_analogies(const std::string& path, const Vocabulary& vocabulary, std::size_t num_words) {
  const std::string text = apps::read_file(path);
  apps::Lines lines(text, path);
  AnalogyTask task;
  const auto begin_section = [&](std::string name) {
    task.sections.push_back(std::move(name));
    task.unknown.push_back(0);
  };
  while (const auto line = lines.next()) {
    if (line->front() == ':') {
      const std::size_t name = std::min(line->find_first_not_of(": \t"), line->size());
      begin_section(std::string(line->substr(name)));
      continue;
    }
    if (task.sections.empty()) begin_section("questions");
    std::istringstream fields{std::string(*line)};
    const std::vector<std::string> words{std::istream_iterator<std::string>(fields), {}};
    if (words.size() != 4) lines.fail_expecting("four words 'a b c d' or ': section'", *line);
    Analogy question{{}, static_cast<std::uint32_t>(task.sections.size() - 1)};
    bool known = true;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto word = known_word(vocabulary, words[i]);
      known = known && word && *word < num_words;
      question.words[i] = word.value_or(0);
    }
    if (known) {
      task.questions.push_back(question);
    } else {
      ++task.unknown.back();
    }
  }
  return task;
}

std::vector<std::size_t> count_right(std::span<const Analogy> questions, std::size_t num_sections,
                                     const WordVectors& vectors, std::size_t num_words) {
  constexpr std::size_t rows_at_once = 64;
  std::vector<std::size_t> right(num_sections);
  std::vector<float> queries;
  std::vector<float> scores(rows_at_once * batch_size);
  for (std::size_t begin = 0; begin < questions.size(); begin += batch_size) {
    const auto batch = questions.subspan(begin, std::min(batch_size, questions.size() - begin));
    interleave_queries(batch, vectors, queries);
    std::array<Best, batch_size> best;
    for (std::size_t row = 0; row < num_words; row += rows_at_once) {
      const std::size_t count = std::min(rows_at_once, num_words - row);
      score_rows(vectors.get(static_cast<WordId>(row)).data(), count, vectors.dim(), queries.data(),
                 scores.data());
      for (std::size_t r = 0; r < count; ++r) {
        take_better(batch, static_cast<WordId>(row + r), &scores[r * batch_size], best);
      }
    }
    for (std::size_t q = 0; q < batch.size(); ++q)
      right[batch[q].section] += best[q].word == batch[q].words[3];
  }
  return right;
}

}  // namespace adapm::word2vec
