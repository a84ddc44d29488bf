// word2vec's way from a text file to word numbers.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"
#include "word2vec/corpus_reader.hpp"
#include "word2vec/sentence_stream.hpp"
#include "word2vec/subsampling.hpp"
#include "word2vec/vocabulary.hpp"
#include "word2vec/word_counter.hpp"

namespace adapm::word2vec {

namespace {

using Token = CorpusReader::Token;

/// What a part of a file contains; "|" is a sentence end.
std::vector<std::string> read_part(const std::string& path, apps::Share part) {
  CorpusReader reader(path, part);
  std::vector<std::string> tokens;
  for (Token token = reader.next(); token != Token::end; token = reader.next()) {
    tokens.emplace_back(token == Token::word ? reader.word() : "|");
  }
  CHECK(reader.next() == Token::end);
  CHECK(reader.fraction() == 1);
  return tokens;
}

Vocabulary letters(std::size_t count) {
  std::vector<WordCount> words;
  for (std::size_t i = 0; i < count; ++i)
    words.push_back({std::string(1, static_cast<char>('a' + i)), 1000 - i});
  return Vocabulary(std::move(words));
}

}  // namespace

TEST_CASE("a corpus is words between blanks, and sentence ends") {
  const test::TemporaryDirectory directory;
  directory.write("corpus", "  the quick\tbrown \r\n\nf\xc3\xb6x jumps");
  const std::vector<std::string> expected = {"the", "quick", "brown", "|", "|", "f\xc3\xb6x", "jumps"};
  CHECK(read_part(directory.path("corpus"), {0, 30}) == expected);
}

TEST_CASE("however a corpus is cut into parts, each word and each sentence end comes once and in order") {
  const test::TemporaryDirectory directory;
  const std::string text = "ab c  def\ng\n\n hi jklmn\r\no ";
  directory.write("corpus", text);
  const std::string path = directory.path("corpus");
  const auto whole = read_part(path, {0, text.size()});
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      std::vector<std::string> together;
      for (const apps::Share part : {apps::Share{0, first}, {first, second}, {second, text.size()}}) {
        for (std::string& token : read_part(path, part)) together.push_back(std::move(token));
      }
      CHECK(together == whole);
    }
  }
}

TEST_CASE("words are whole where the reader's buffer ends") {
  const test::TemporaryDirectory directory;
  std::string text;
  std::size_t words = 0;
  while (text.size() < 5 * CorpusReader::max_word_bytes) text += "word" + std::to_string(words++) + ' ';
  directory.write("corpus", text);
  for (const std::size_t cut : {std::size_t{0}, 2 * CorpusReader::max_word_bytes - 1,
                                2 * CorpusReader::max_word_bytes, 2 * CorpusReader::max_word_bytes + 3}) {
    auto tokens = read_part(directory.path("corpus"), {0, cut});
    for (std::string& token : read_part(directory.path("corpus"), {cut, text.size()}))
      tokens.push_back(std::move(token));
    REQUIRE(tokens.size() == words);
    bool in_order = true;
    for (std::size_t i = 0; i < words; ++i) in_order = in_order && tokens[i] == "word" + std::to_string(i);
    CHECK(in_order);
  }
}

TEST_CASE("a reader that is rewound begins again, also in the middle of a word") {
  const test::TemporaryDirectory directory;
  directory.write("corpus", "first second third");
  CorpusReader reader(directory.path("corpus"), {2, 18});
  for (int i = 0; i < 2; ++i) {
    REQUIRE(reader.next() == Token::word);
    CHECK(reader.word() == "second");
    reader.rewind();
  }
}

TEST_CASE("what is not a corpus is an error that says so") {
  const test::TemporaryDirectory directory;
  directory.write("empty", "");
  directory.write("blob", std::string(3 * CorpusReader::max_word_bytes, 'x'));
  const auto size_error = [&](const std::string& path) {
    return test::message_of<apps::InputError>([&] { corpus_bytes(path); });
  };
  CHECK_THAT(size_error("/nowhere/x"),
             Catch::Contains("there is no file /nowhere/x") && Catch::Contains("--corpus"));
  CHECK_THAT(size_error(directory.path()), Catch::Contains("is not a file"));
  CHECK_THAT(size_error(directory.path("empty")), Catch::Contains("is empty"));
  CHECK_THAT(test::message_of<apps::InputError>([&] {
               read_part(directory.path("blob"), {0, 10});
             }),
             Catch::Contains("a word of more than 65536 bytes at byte 0"));
}

TEST_CASE("a vocabulary numbers words by frequency, then by name") {
  const Vocabulary vocabulary({{"rare", 1}, {"b", 5}, {"often", 9}, {"a", 5}});
  CHECK(vocabulary.size() == 4);
  CHECK(vocabulary.word(0) == "often");
  CHECK(vocabulary.word(1) == "a");
  CHECK(vocabulary.word(2) == "b");
  CHECK(vocabulary.count(3) == 1);
  CHECK(vocabulary.total_count() == 20);
  CHECK(vocabulary.find("b") == WordId{2});
  CHECK_FALSE(vocabulary.find("c").has_value());
  CHECK_FALSE(Vocabulary().find("c").has_value());
}

TEST_CASE("a vocabulary that is written is read again") {
  const test::TemporaryDirectory directory;
  const Vocabulary vocabulary({{"caf\xc3\xa9", 7}, {"x", 7}, {"y", 2}});
  write_vocabulary(directory.path("words"), vocabulary);
  CHECK(directory.read("words") == "caf\xc3\xa9 7\nx 7\ny 2\n");
  const Vocabulary all = read_vocabulary(directory.path("words"), 1);
  CHECK(all.size() == 3);
  CHECK(all.find("caf\xc3\xa9") == WordId{0});
  CHECK(read_vocabulary(directory.path("words"), 3).size() == 2);
}

TEST_CASE("errors in a vocabulary name the file and the line") {
  const test::TemporaryDirectory directory;
  const auto error = [&](const std::string& text) {
    directory.write("words", text);
    return test::message_of<apps::InputError>([&] { read_vocabulary(directory.path("words"), 1); });
  };
  for (const char* line :
       {"word", "word x", "word 3 4", " 3", "word -1", "word 99999999999999999999", "word 1.5"}) {
    CAPTURE(line);
    CHECK_THAT(error(std::string("good 5\n") + line + "\n"),
               Catch::Contains(directory.path("words") + ":2: expected 'word count', found '" + line));
  }
  CHECK_THAT(error("a 3\nb 2\na 1\n"), Catch::Contains(":3: 'a' is in line 1 already"));
  CHECK_THAT(error("a 3\n"), Catch::Contains("fewer than two words") && Catch::Contains("--min-count"));
}

TEST_CASE("any number of threads counts the same words") {
  const test::TemporaryDirectory directory;
  const std::string text = "a b a\nc a bb\nb";
  directory.write("corpus", text);
  for (std::size_t threads = 1; threads <= 20; ++threads) {
    const WordCounts counts = count_words(directory.path("corpus"), {0, text.size()}, threads);
    CHECK(counts == WordCounts{{"a", 3}, {"b", 2}, {"c", 1}, {"bb", 1}});
  }
  CHECK_THROWS_AS(count_words("/nowhere/x", {0, 10}, 2), apps::InputError);
}

TEST_CASE("frequent words are kept with probability sqrt(t / f)") {
  const Vocabulary vocabulary({{"often", 900}, {"seldom", 99}, {"never", 1}});
  const Subsampling subsampling(vocabulary, 0.01);
  CHECK(subsampling.probability(0) == Approx(std::sqrt(0.01 / 0.9)));
  CHECK(subsampling.probability(1) == Approx(std::sqrt(0.01 / 0.099)));
  CHECK(subsampling.probability(2) == 1);
  constexpr int n = 100000;
  apps::Random random({1});
  for (const WordId word : {0U, 1U, 2U}) {
    int kept = 0;
    for (int i = 0; i < n; ++i) kept += subsampling.keeps(word, random) ? 1 : 0;
    CHECK(kept == Approx(n * subsampling.probability(word)).epsilon(0.02));
  }
  CHECK(Subsampling(vocabulary, 0).probability(0) == 1);
}

TEST_CASE("sentences are lines, without unknown words; those without a pair are left out") {
  const test::TemporaryDirectory directory;
  const std::string text = "a b\n\nx c x d\na\nb x\nc a b";
  directory.write("corpus", text);
  const Vocabulary vocabulary = letters(4);
  const Subsampling all(vocabulary, 0);
  SentenceStream stream(directory.path("corpus"), text.size(), vocabulary, all, 5, 1, {}, 1);
  Sentence sentence;
  for (int epoch = 0; epoch < 2; ++epoch) {
    stream.next(sentence);
    CHECK(sentence.words == std::vector<WordId>{0, 1});
    CHECK(sentence.words_read == 2);
    stream.next(sentence);
    CHECK(sentence.words == std::vector<WordId>{2, 3});
    CHECK_FALSE(sentence.ends_epoch);
    stream.next(sentence);
    CHECK(sentence.words == std::vector<WordId>{2, 0, 1});
    CHECK(sentence.words_read == 5);  // with those of the lines left out
    CHECK(sentence.ends_epoch);
    CHECK(sentence.fraction == 1);
  }
}

TEST_CASE("sentences follow from the seed, the worker and the epoch") {
  const test::TemporaryDirectory directory;
  std::string text;
  for (int i = 0; i < 200; ++i) text += "a b c d\n";
  directory.write("corpus", text);
  const Vocabulary vocabulary = letters(4);
  const Subsampling some(vocabulary, 0.1);
  const auto epoch = [](SentenceStream& stream) {
    std::vector<std::vector<WordId>> words;
    Sentence sentence;
    do {
      stream.next(sentence);
      words.push_back(sentence.words);
    } while (!sentence.ends_epoch);
    return words;
  };
  const auto stream = [&](apps::WorkerPlace place, std::uint64_t first_epoch) {
    return SentenceStream(directory.path("corpus"), text.size(), vocabulary, some, 5, 1, place, first_epoch);
  };
  SentenceStream from_first = stream({}, 1);
  const auto first = epoch(from_first);
  const auto second = epoch(from_first);
  CHECK(first != second);
  SentenceStream from_second = stream({}, 2);
  CHECK(epoch(from_second) == second);  // whoever begins later has the same
}

TEST_CASE("long sentences are cut, and every word counts in exactly one worker's epoch") {
  const test::TemporaryDirectory directory;
  std::string text;
  for (int i = 0; i < 3500; ++i) text += "abcd "[i % 4] + std::string(" ");
  directory.write("corpus", text);
  const Vocabulary vocabulary = letters(4);
  const Subsampling all(vocabulary, 0);
  for (const std::size_t workers : {1UL, 2UL, 3UL, 7UL}) {
    std::uint64_t words = 0;
    for (std::size_t w = 0; w < workers; ++w) {
      SentenceStream stream(directory.path("corpus"), text.size(), vocabulary, all, 5, 1, {w, workers}, 1);
      Sentence sentence;
      do {
        stream.next(sentence);
        CHECK(sentence.words.size() <= SentenceStream::max_words);
        CHECK(sentence.reaches.size() == sentence.words.size());
        for (const std::uint32_t reach : sentence.reaches) CHECK((reach >= 1 && reach <= 5));
        words += sentence.words_read;
      } while (!sentence.ends_epoch);
    }
    CHECK(words == 3500);
  }
}

TEST_CASE("more workers than bytes: those without a part have empty epochs") {
  const test::TemporaryDirectory directory;
  directory.write("corpus", "a b");
  const Vocabulary vocabulary = letters(2);
  const Subsampling all(vocabulary, 0);
  std::size_t words = 0;
  for (std::size_t w = 0; w < 5; ++w) {
    SentenceStream stream(directory.path("corpus"), 3, vocabulary, all, 5, 1, {w, 5}, 1);
    Sentence sentence;
    stream.next(sentence);
    CHECK(sentence.ends_epoch);
    words += sentence.words_read;
  }
  CHECK(words == 2);
}

}  // namespace adapm::word2vec
