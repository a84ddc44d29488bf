// word2vec's evaluation: similarities and analogies.
#include <catch2/catch.hpp>
#include <cmath>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"
#include "common/random.hpp"
#include "word2vec/analogies.hpp"
#include "word2vec/similarity.hpp"

namespace adapm::word2vec {

namespace {

using Numbers = std::vector<double>;

Vocabulary some_words() {
  return Vocabulary({{"king", 9}, {"man", 8}, {"queen", 7}, {"woman", 6}, {"Paris", 5}, {"paris", 4}});
}

}  // namespace

TEST_CASE("Spearman's correlation is that of the ranks") {
  CHECK(spearman(Numbers{1, 2, 3}, Numbers{10, 100, 1000}) == Approx(1));
  CHECK(spearman(Numbers{1, 2, 3}, Numbers{3, 2, 1}) == Approx(-1));
  // Ten people's IQ and hours of television, the usual example: -29/165.
  CHECK(spearman(Numbers{106, 100, 86, 101, 99, 103, 97, 113, 112, 110},
                 Numbers{7, 27, 2, 50, 28, 29, 20, 12, 6, 17}) == Approx(-29.0 / 165));
}

TEST_CASE("equal values share the mean of their ranks") {
  // Ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 3, 4: covariance 3.75, variances 4.5 and 4.5.
  CHECK(spearman(Numbers{1, 5, 5, 9}, Numbers{0, 0, 1, 2}) == Approx(3.75 / 4.5));
  CHECK(std::isnan(spearman(Numbers{1, 1, 1}, Numbers{1, 2, 3})));
  CHECK(std::isnan(spearman(Numbers{}, Numbers{})));
}

TEST_CASE("similarities are read with tabs or commas, with headings and further columns") {
  const test::TemporaryDirectory directory;
  const Vocabulary vocabulary = some_words();
  const auto read = [&](const std::string& text) {
    directory.write("pairs.tsv", text);
    return read_similarity(directory.path("pairs.tsv"), vocabulary);
  };
  const SimilarityTask tabs =
      read("# comment\n# Word 1\tWord 2\tHuman\nking\tqueen\t8.5\r\nking\tcabbage\t0.2\nParis\tMAN\t1\n");
  CHECK(tabs.name == "pairs");
  CHECK(tabs.unknown == 1);
  REQUIRE(tabs.pairs.size() == 2);
  CHECK(tabs.pairs[0].second == 2);
  CHECK(tabs.pairs[0].score == 8.5);
  CHECK(tabs.pairs[1].first == 4);   // as it is
  CHECK(tabs.pairs[1].second == 1);  // in lower case
  CHECK(read("Word 1,Word 2,Human (mean)\nking,queen,8.5\n").pairs.size() == 1);
  const SimilarityTask columns = read("word1\tword2\tPOS\tSimLex999\tconc\nking\tqueen\tN\t7.5\t1\n");
  REQUIRE(columns.pairs.size() == 1);
  CHECK(columns.pairs[0].score == 7.5);
}

TEST_CASE("errors in an evaluation's file name the file and the line") {
  const test::TemporaryDirectory directory;
  const Vocabulary vocabulary = some_words();
  directory.write("file", "king\tqueen\t1\nking\tqueen\n");
  CHECK_THAT(test::message_of<apps::InputError>([&] { read_similarity(directory.path("file"), vocabulary); }),
             Catch::Contains("file:2: expected 'word<TAB>word<TAB>score'"));
  directory.write("file", ": one\nking man queen woman\nking man queen\n");
  CHECK_THAT(
      test::message_of<apps::InputError>([&] { read_analogies(directory.path("file"), vocabulary, 6); }),
      Catch::Contains("file:3: expected four words"));
  CHECK_THROWS_AS(read_similarity("/nowhere/x", vocabulary), apps::InputError);
  CHECK_THROWS_AS(read_analogies("/nowhere/x", vocabulary, 6), apps::InputError);
}

TEST_CASE("a model's similarity score is the correlation of its cosines with people's scores") {
  WordVectors vectors(3, 2);
  vectors.set(0, std::vector<float>{2, 0});
  vectors.set(1, std::vector<float>{3, 1});
  vectors.set(2, std::vector<float>{0, 5});
  CHECK(vectors.cosine(0, 2) == Approx(0).margin(1e-6));
  CHECK(vectors.cosine(1, 1) == Approx(1));
  CHECK(vectors.cosine(0, 1) == Approx(3 / std::sqrt(10)));
  const SimilarityTask task{"test", {{0, 1, 9}, {0, 2, 1}, {1, 2, 5}}, 4};
  const SimilarityScore score = evaluate(task, vectors);
  CHECK(score.spearman == Approx(1));
  CHECK(score.pairs == 3);
  CHECK(score.unknown == 4);
}

TEST_CASE("analogies are read by section, questions with unknown words counted") {
  const test::TemporaryDirectory directory;
  directory.write("questions",
                  ": family\nman king woman queen\nMan King Woman Cabbage\n: cities\nparis man Paris king\n");
  const AnalogyTask task = read_analogies(directory.path("questions"), some_words(), 6);
  CHECK(task.sections == std::vector<std::string>{"family", "cities"});
  CHECK(task.unknown == std::vector<std::size_t>{1, 0});
  REQUIRE(task.questions.size() == 2);
  CHECK(task.questions[0].words == std::array<WordId, 4>{1, 0, 3, 2});
  CHECK(task.questions[1].section == 1);
  // Of the five most frequent words "paris" is none.
  CHECK(read_analogies(directory.path("questions"), some_words(), 5).unknown ==
        std::vector<std::size_t>{1, 1});
}

TEST_CASE("analogies are answered by the nearest other word") {
  // On a grid, b - a + c is exactly d; a, b or c may be nearer and must not be taken.
  const std::size_t dim = 24;
  const std::size_t words = 150;
  apps::Random random({5});
  std::vector<std::vector<float>> rows(words, std::vector<float>(dim));
  WordVectors vectors(words, dim);
  for (std::size_t w = 0; w < words; ++w) {
    for (float& weight : rows[w]) weight = static_cast<float>(random.normal());
    vectors.set(static_cast<WordId>(w), rows[w]);
  }
  std::vector<Analogy> questions;
  std::vector<std::size_t> expected(3);
  for (std::uint32_t i = 0; i < 101; ++i) {
    const auto word = [&] { return random.below(static_cast<std::uint32_t>(words)); };
    Analogy question{{word(), word(), word(), word()}, i % 3};
    WordId nearest = 0;
    double best = -1e9;
    for (WordId w = 0; w < words; ++w) {
      if (w == question.words[0] || w == question.words[1] || w == question.words[2]) continue;
      const double score = vectors.cosine(w, question.words[1]) - vectors.cosine(w, question.words[0]) +
                           vectors.cosine(w, question.words[2]);
      if (score > best) {
        best = score;
        nearest = w;
      }
    }
    if (i % 2 == 0) question.words[3] = nearest;
    if (question.words[3] == nearest) ++expected[i % 3];
    questions.push_back(question);
  }
  CHECK(count_right(questions, 3, vectors, words) == expected);
  CHECK(count_right({}, 3, vectors, words) == std::vector<std::size_t>(3));
}

}  // namespace adapm::word2vec
