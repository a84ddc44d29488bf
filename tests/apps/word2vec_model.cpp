// word2vec's maths: batches, gradients, and that training in batches is training pair by pair.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "common/random.hpp"
#include "support/temporary_directory.hpp"
#include "word2vec/batch.hpp"
#include "word2vec/initial_values.hpp"
#include "word2vec/negatives.hpp"
#include "word2vec/passage.hpp"
#include "word2vec/skip_gram.hpp"

namespace adapm::word2vec {

namespace {

Vocabulary numbered_words(std::size_t count) {
  std::vector<WordCount> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back({std::string("w").append(std::to_string(i)), 1 + 5000 / (i + 1)});
  return Vocabulary(std::move(words));
}

/// A corpus of numbered words, read by one worker.
class Corpus {
 public:
  Corpus(std::size_t words, const std::string& text) : bytes_(text.size()), vocabulary_(numbered_words(words)) {
    directory_.write("corpus", text);
  }

  [[nodiscard]] SentenceStream stream(std::size_t window) const {
    return SentenceStream(directory_.path("corpus"), bytes_, vocabulary_, subsampling_, window, 1, {0, 1}, 1);
  }
  [[nodiscard]] std::vector<Sentence> sentences(std::size_t window) const {
    SentenceStream sentences = stream(window);
    std::vector<Sentence> epoch;
    do sentences.next(epoch.emplace_back());
    while (!epoch.back().ends_epoch);
    return epoch;
  }
  [[nodiscard]] std::vector<Passage> passages(std::size_t window, const PassageOptions& options) const {
    PassageStream passages(stream(window), options);
    std::vector<Passage> epoch;
    do passages.next(epoch.emplace_back());
    while (!epoch.back().ends_epoch);
    return epoch;
  }

 private:
  const test::TemporaryDirectory directory_;
  const std::size_t bytes_;
  const Vocabulary vocabulary_;
  const Subsampling subsampling_{vocabulary_, 0};
};

std::string random_text(std::size_t sentences, std::size_t max_length, std::size_t words, apps::Random& random) {
  std::string text;
  for (std::size_t i = 0; i < sentences; ++i) {
    for (std::size_t left = 2 + random.below(max_length - 1); left > 0; --left)
      text.append("w").append(std::to_string(random.below(words))).append(left > 1 ? " " : "\n");
  }
  return text;
}

std::vector<Key> random_negatives(const Shape& shape, std::size_t count, apps::Random& random) {
  std::vector<Key> keys(count);
  for (Key& key : keys) key = shape.output_key(random.below(static_cast<WordId>(shape.words)));
  return keys;
}

/// A (key, key, is the centre) for each example, in the order of training.
using Examples = std::vector<std::tuple<Key, Key, bool>>;

/// What the definition calls for. `negatives` are those of all sentences, one after the other.
Examples examples_of(const Shape& shape, std::span<const Sentence> sentences, std::span<const Key> negatives,
                     const PassageOptions& options) {
  Examples examples;
  for (const Sentence& sentence : sentences) {
    const auto n = static_cast<std::ptrdiff_t>(sentence.words.size());
    for (std::ptrdiff_t i = 0; n > 1 && i < n; ++i) {
      const Key centre = shape.output_key(sentence.words[static_cast<std::size_t>(i)]);
      const auto reach = static_cast<std::ptrdiff_t>(sentence.reaches[static_cast<std::size_t>(i)]);
      for (std::ptrdiff_t j = std::max<std::ptrdiff_t>(i - reach, 0); j <= std::min(i + reach, n - 1); ++j) {
        if (j == i) continue;
        const Key input = shape.input_key(sentence.words[static_cast<std::size_t>(j)]);
        examples.emplace_back(input, centre, true);
        for (const Key negative : negatives.first(options.negatives))
          if (negative != centre) examples.emplace_back(input, negative, false);
        if (!options.shares_negatives) negatives = negatives.subspan(options.negatives);
      }
      if (options.shares_negatives) negatives = negatives.subspan(options.negatives);
    }
  }
  CHECK(negatives.empty());
  return examples;
}

void add_examples(const Batch& batch, Examples& examples) {
  const std::uint32_t* rows = batch.rows.data();
  for (const Step step : batch.steps) {
    for (std::size_t i = 0; i < step.inputs; ++i) {
      for (std::size_t j = 0; j < step.outputs; ++j)
        examples.emplace_back(batch.keys.at(rows[i]), batch.keys.at(rows[step.inputs + j]), j == 0);
    }
    rows += step.inputs + step.outputs;
  }
  CHECK(rows == batch.rows.data() + batch.rows.size());
}

/// The textbook: one model, pair by pair, in double precision.
class PlainModel {
 public:
  PlainModel(const Shape& shape, std::vector<double> values) : shape_(shape), values_(std::move(values)) {}

  double train(const Examples& examples, double rate) {
    double loss = 0;
    for (std::size_t begin = 0; begin < examples.size();) {
      const Key input = std::get<0>(examples[begin]);
      std::vector<double> gradient(shape_.dim);
      std::size_t at = begin;
      do {
        const auto [same_input, output, positive] = examples[at];
        loss += train_example(input, output, positive, rate, gradient);
        ++at;
      } while (at < examples.size() && !std::get<2>(examples[at]));
      step(input, gradient, rate);
      begin = at;
    }
    return loss;
  }

  [[nodiscard]] const std::vector<double>& values() const { return values_; }

 private:
  double* row(Key key) { return &values_[static_cast<std::size_t>(key) * shape_.value_length()]; }

  double train_example(Key input, Key output, bool positive, double rate,
                       std::vector<double>& input_gradient) {
    double score = 0;
    for (std::size_t i = 0; i < shape_.dim; ++i) score += row(input)[i] * row(output)[i];
    const double derivative = 1 / (1 + std::exp(-score)) - (positive ? 1 : 0);
    std::vector<double> gradient(shape_.dim);
    for (std::size_t i = 0; i < shape_.dim; ++i) {
      input_gradient[i] += derivative * row(output)[i];
      gradient[i] = derivative * row(input)[i];
    }
    step(output, gradient, rate);
    return std::log1p(std::exp(positive ? -score : score));
  }

  void step(Key key, const std::vector<double>& gradient, double rate) {
    double* const weights = row(key);
    for (std::size_t i = 0; i < shape_.dim; ++i) {
      double scale = 1;
      if (shape_.optimizer == Optimizer::adagrad) {
        weights[shape_.dim + i] += gradient[i] * gradient[i];
        scale = 1 / std::sqrt(weights[shape_.dim + i]);
      }
      weights[i] -= rate * gradient[i] * scale;
    }
  }

  const Shape shape_;
  std::vector<double> values_;
};

std::vector<float> random_values(const Shape& shape, std::uint64_t seed) {
  apps::Random random({seed});
  std::vector<float> values(static_cast<std::size_t>(shape.num_keys()) * shape.value_length());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_sum = i % shape.value_length() >= shape.dim;
    values[i] = static_cast<float>(is_sum ? 0.1 + random.uniform() : 0.3 * random.normal());
  }
  return values;
}

/// Pulls, trains and pushes as a worker does; `model` stands for the store.
double train_batch(const Shape& shape, const Batch& batch, float rate, std::vector<float>& model) {
  const std::size_t length = shape.value_length();
  std::vector<float> values(batch.keys.size() * length);
  for (std::size_t i = 0; i < batch.keys.size(); ++i)
    std::copy_n(&model[static_cast<std::size_t>(batch.keys[i]) * length], length, &values[i * length]);
  std::vector<float> updates = values;
  const double loss = SkipGram(shape).train(batch, rate, values).sum;
  subtract_from(values, updates);
  for (std::size_t i = 0; i < batch.keys.size(); ++i) {
    for (std::size_t j = 0; j < length; ++j)
      model[static_cast<std::size_t>(batch.keys[i]) * length + j] += updates[i * length + j];
  }
  return loss;
}

}  // namespace

TEST_CASE("passages hold exactly the pairs and negatives of the definition, in order") {
  const Shape shape{20, 1, Optimizer::sgd};
  apps::Random random({3});
  const Corpus corpus(shape.words, random_text(100, 60, shape.words, random));
  const std::vector<Sentence> sentences = corpus.sentences(4);
  const bool shares = GENERATE(true, false);
  const std::size_t max_keys = GENERATE(1UL, 40UL, 100000UL);
  CAPTURE(shares, max_keys);
  const PassageOptions options{3, shares, max_keys};
  BatchMaker maker(shape, options);
  std::vector<Key> all_negatives;
  Examples examples;
  std::size_t ended = 0;
  std::uint64_t words_read = 0;
  const std::vector<Passage> passages = corpus.passages(4, options);
  for (const Passage& passage : passages) {
    const std::vector<Key> negatives = random_negatives(shape, passage.negatives, random);
    all_negatives.insert(all_negatives.end(), negatives.begin(), negatives.end());
    const Batch& batch = maker.make(passage, negatives);
    add_examples(batch, examples);
    CHECK(batch.keys.size() <= passage.max_keys());
    CHECK(std::equal(negatives.begin(), negatives.end(), batch.keys.begin()));
    for (const std::uint32_t row : batch.rows)  // a key has one row
      CHECK(std::find(batch.keys.begin(), batch.keys.end(), batch.keys[row]) - batch.keys.begin() == row);
    if (max_keys == 1) CHECK(passage.neighbours.size() == 1);
    ended += passage.sentences;
    words_read += passage.words_read;
  }
  CHECK(examples == examples_of(shape, sentences, all_negatives, options));
  CHECK(ended == sentences.size());
  CHECK(words_read == std::accumulate(sentences.begin(), sentences.end(), std::uint64_t{0},
                                      [](std::uint64_t sum, const Sentence& s) { return sum + s.words_read; }));
  CHECK(passages.back().fraction == 1);
  CHECK((passages.size() == 1) == (max_keys == 100000));
}

TEST_CASE("a corpus without a pair is one empty passage an epoch") {
  const Corpus corpus(3, "w0\n\nw2\n");
  const std::vector<Passage> passages = corpus.passages(5, {});
  REQUIRE(passages.size() == 1);
  CHECK(passages[0].empty());
  CHECK(passages[0].negatives == 0);
  CHECK(passages[0].words_read == 2);
}

TEST_CASE("negatives are output vectors, with frequency^0.75") {
  const Vocabulary vocabulary({{"a", 10000}, {"b", 100}, {"c", 1}});
  const Shape shape{3, 1, Optimizer::sgd};
  const auto distribution = negative_distribution(vocabulary, shape);
  Generator random({1});
  constexpr int draws = 100000;
  std::map<Key, int> counts;
  for (int i = 0; i < draws; ++i) ++counts[distribution->draw(random)];
  const double sum = 1000 + std::pow(100, 0.75) + 1;
  CHECK(counts[shape.output_key(0)] == Approx(draws * 1000 / sum).epsilon(0.01));
  CHECK(counts[shape.output_key(1)] == Approx(draws * std::pow(100, 0.75) / sum).epsilon(0.06));
  CHECK(counts[shape.output_key(2)] == Approx(draws / sum).epsilon(0.4));
  CHECK(counts.size() == 3);
}

TEST_CASE("a step of SGD is the learning rate times the derivative of the loss") {
  const Shape shape{5, 6, Optimizer::sgd};
  const std::vector<float> before = random_values(shape, 11);
  Batch batch;
  batch.keys = {0, 3, 5, 7};
  batch.steps = {{1, 3}};
  batch.rows = {0, 1, 2, 3};
  std::vector<double> w;
  for (const Key key : batch.keys) {
    for (std::size_t i = 0; i < shape.dim; ++i)
      w.push_back(before[static_cast<std::size_t>(key) * shape.dim + i]);
  }
  const auto loss = [&] {
    double sum = 0;
    for (std::size_t k = 1; k < 4; ++k) {
      double score = 0;
      for (std::size_t i = 0; i < shape.dim; ++i) score += w[i] * w[k * shape.dim + i];
      sum += std::log1p(std::exp(k == 1 ? -score : score));
    }
    return sum;
  };
  std::vector<float> values(w.begin(), w.end());
  const float rate = 0.125F;
  CHECK(SkipGram(shape).train(batch, rate, values).sum == Approx(loss()).epsilon(1e-5));
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double step = 1e-5;
    const double start = w[i];
    w[i] = start + step;
    const double above = loss();
    w[i] = start - step;
    const double below = loss();
    w[i] = start;
    CHECK((w[i] - static_cast<double>(values[i])) / rate ==
          Approx((above - below) / (2 * step)).epsilon(1e-3).margin(1e-5));
  }
}

TEST_CASE("training in batches is training pair by pair") {
  const Optimizer optimizer = GENERATE(Optimizer::adagrad, Optimizer::sgd);
  const bool shares = GENERATE(true, false);
  CAPTURE(static_cast<int>(optimizer), shares);
  const Shape shape{40, 9, optimizer};  // no multiple of a vector register
  std::vector<float> model = random_values(shape, 5);
  PlainModel plain(shape, {model.begin(), model.end()});
  const PassageOptions options{4, shares, 30};
  BatchMaker maker(shape, options);
  apps::Random random({9});
  const Corpus corpus(shape.words, random_text(50, 13, shape.words, random));
  double loss = 0;
  std::vector<Key> all_negatives;
  for (const Passage& passage : corpus.passages(3, options)) {
    const std::vector<Key> negatives = random_negatives(shape, passage.negatives, random);
    all_negatives.insert(all_negatives.end(), negatives.begin(), negatives.end());
    loss += train_batch(shape, maker.make(passage, negatives), 0.05F, model);
  }
  CHECK(loss == Approx(plain.train(examples_of(shape, corpus.sentences(3), all_negatives, options), 0.05)).epsilon(1e-4));
  double largest = 0;
  for (std::size_t i = 0; i < model.size(); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(model[i]) - plain.values()[i]));
  CHECK(largest < 1e-3);
}

TEST_CASE("initial vectors follow from seed and word alone, and lie in their range") {
  const Vocabulary vocabulary = numbered_words(10);
  const Shape shape{10, 8, Optimizer::adagrad};
  const InitialValues initial(shape, vocabulary, 1, 1e-6F, nullptr);
  const InitialValues same({10, 8, Optimizer::adagrad}, vocabulary, 1, 1e-6F, nullptr);
  const InitialValues other(shape, vocabulary, 2, 1e-6F, nullptr);
  const auto value_of = [](const InitialValues& values, Key key) {
    std::vector<float> value(16, 99.0F);
    values.get(key, value);
    return value;
  };
  std::set<std::vector<float>> different;
  for (WordId word = 0; word < 10; ++word) {
    const auto value = value_of(initial, shape.input_key(word));
    different.insert(value);
    CHECK(value == value_of(same, shape.input_key(word)));
    CHECK(value != value_of(other, shape.input_key(word)));
    for (std::size_t i = 0; i < 8; ++i) CHECK(std::fabs(value[i]) <= 0.5F / 8);
    CHECK(value[8] == 1e-6F);
    CHECK(value_of(initial, shape.output_key(word)) ==
          std::vector<float>{0, 0, 0, 0, 0, 0, 0, 0, 1e-6F, 1e-6F, 1e-6F, 1e-6F, 1e-6F, 1e-6F, 1e-6F, 1e-6F});
  }
  CHECK(different.size() == 10);
}

TEST_CASE("a trained model's vectors go to the words of the same name") {
  const Vocabulary vocabulary({{"a", 3}, {"b", 2}, {"c", 1}});
  const Shape shape{3, 2, Optimizer::adagrad};
  TrainedModel trained{2, {"c", "x", "a"}, {1, 2, 3, 4, 5, 6}, {}, {}, {}};
  const InitialValues inputs_only(shape, vocabulary, 1, 0.5F, &trained);
  CHECK(inputs_only.trained_words() == 2);
  std::vector<float> value(4);
  inputs_only.get(shape.input_key(0), value);
  CHECK(value == std::vector<float>{5, 6, 0.5F, 0.5F});
  inputs_only.get(shape.output_key(0), value);
  CHECK(value == std::vector<float>{0, 0, 0.5F, 0.5F});
  trained.outputs = {7, 8, 9, 10, 11, 12};
  trained.input_sums = {21, 22, 23, 24, 25, 26};
  trained.output_sums = {31, 32, 33, 34, 35, 36};
  const InitialValues with_state(shape, vocabulary, 1, 0.5F, &trained);
  with_state.get(shape.input_key(2), value);
  CHECK(value == std::vector<float>{1, 2, 21, 22});
  with_state.get(shape.output_key(2), value);
  CHECK(value == std::vector<float>{7, 8, 31, 32});
  with_state.get(shape.output_key(1), value);
  CHECK(value == std::vector<float>{0, 0, 0.5F, 0.5F});
}

}  // namespace adapm::word2vec
