// word2vec's maths: batches, gradients, and that training in batches is training pair by pair.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "common/random.hpp"
#include "word2vec/batch.hpp"
#include "word2vec/initial_values.hpp"
#include "word2vec/negatives.hpp"
#include "word2vec/skip_gram.hpp"

namespace adapm::word2vec {

namespace {

Vocabulary numbered_words(std::size_t count) {
  std::vector<WordCount> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back({std::string("w").append(std::to_string(i)), 1 + 5000 / (i + 1)});
  return Vocabulary(std::move(words));
}

Sentence random_sentence(std::size_t length, std::size_t vocabulary, std::size_t window,
                         apps::Random& random) {
  Sentence sentence;
  for (std::size_t i = 0; i < length; ++i) {
    sentence.words.push_back(random.below(static_cast<std::uint32_t>(vocabulary)));
    sentence.reaches.push_back(1 + random.below(static_cast<std::uint32_t>(window)));
  }
  return sentence;
}

/// A (key, key, is the centre) for each example, in the order of training.
using Examples = std::vector<std::tuple<Key, Key, bool>>;

/// What the definition calls for.
Examples examples_of(const Sentence& sentence, const std::vector<WordId>& negatives,
                     const BatchOptions& options) {
  Examples examples;
  const auto n = static_cast<std::ptrdiff_t>(sentence.words.size());
  std::size_t next = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const auto centre = sentence.words[static_cast<std::size_t>(i)];
    const auto reach = static_cast<std::ptrdiff_t>(sentence.reaches[static_cast<std::size_t>(i)]);
    for (std::ptrdiff_t j = std::max<std::ptrdiff_t>(i - reach, 0); j <= std::min(i + reach, n - 1); ++j) {
      if (j == i) continue;
      const Key input = 2 * Key{sentence.words[static_cast<std::size_t>(j)]};
      examples.emplace_back(input, 2 * Key{centre} + 1, true);
      for (std::size_t k = 0; k < options.negatives; ++k) {
        if (negatives[next + k] != centre)
          examples.emplace_back(input, 2 * Key{negatives[next + k]} + 1, false);
      }
      if (!options.shares_negatives) next += options.negatives;
    }
    if (options.shares_negatives) next += options.negatives;
  }
  CHECK(next == negatives.size());
  return examples;
}

Examples examples_of(const std::deque<Batch>& batches) {
  Examples examples;
  for (const Batch& batch : batches) {
    const std::uint32_t* rows = batch.rows.data();
    for (const Step step : batch.steps) {
      for (std::size_t i = 0; i < step.inputs; ++i) {
        for (std::size_t j = 0; j < step.outputs; ++j) {
          examples.emplace_back(batch.keys.at(rows[i]), batch.keys.at(rows[step.inputs + j]), j == 0);
        }
      }
      rows += step.inputs + step.outputs;
    }
    CHECK(rows == batch.rows.data() + batch.rows.size());
  }
  return examples;
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
double train_batches(const Shape& shape, const std::deque<Batch>& batches, float rate,
                     std::vector<float>& model) {
  SkipGram skip_gram(shape);
  double loss = 0;
  for (const Batch& batch : batches) {
    const std::size_t length = shape.value_length();
    std::vector<float> values(batch.keys.size() * length);
    for (std::size_t i = 0; i < batch.keys.size(); ++i) {
      std::copy_n(&model[static_cast<std::size_t>(batch.keys[i]) * length], length, &values[i * length]);
    }
    std::vector<float> updates = values;
    loss += skip_gram.train(batch, rate, values).sum;
    subtract_from(values, updates);
    for (std::size_t i = 0; i < batch.keys.size(); ++i) {
      for (std::size_t j = 0; j < length; ++j) {
        model[static_cast<std::size_t>(batch.keys[i]) * length + j] += updates[i * length + j];
      }
    }
  }
  return loss;
}

}  // namespace

TEST_CASE("batches hold exactly the pairs and negatives of the definition, in order") {
  apps::Random random({3});
  for (const bool shares : {true, false}) {
    for (const std::size_t max_keys : {1UL, 40UL, 1000UL}) {
      for (const std::size_t length : {2UL, 3UL, 8UL, 60UL}) {
        const BatchOptions options{4, 3, shares, max_keys};
        const Sentence sentence = random_sentence(length, 20, options.window, random);
        std::vector<WordId> negatives(count_negatives(options, sentence));
        for (WordId& word : negatives) word = random.below(20U);
        BatchMaker maker(options);
        std::deque<Batch> batches;
        for (int again = 0; again < 2; ++again) {  // the second time with what the first left behind
          batches.clear();
          maker.make(sentence, negatives, batches);
        }
        CHECK(examples_of(batches) == examples_of(sentence, negatives, options));
        for (const Batch& batch : batches) {
          CHECK(std::set(batch.keys.begin(), batch.keys.end()).size() == batch.keys.size());
          CHECK(batch.ends_sentence == (&batch == &batches.back()));
        }
        if (max_keys == 1000) CHECK(batches.size() == 1);
        if (max_keys == 40 && length == 60 && shares) CHECK(batches.size() > 1);
      }
    }
  }
}

TEST_CASE("a sentence without a pair is one batch without keys") {
  Sentence sentence;
  sentence.words = {3};
  sentence.reaches = {2};
  sentence.words_read = 7;
  sentence.ends_epoch = true;
  const BatchOptions options;
  CHECK(count_negatives(options, sentence) == 0);
  std::deque<Batch> batches;
  BatchMaker(options).make(sentence, {}, batches);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].keys.empty());
  CHECK(batches[0].words_read == 7);
  CHECK((batches[0].ends_sentence && batches[0].ends_epoch));
}

TEST_CASE("negatives come as they were prepared, with frequency^0.75") {
  const Vocabulary vocabulary({{"a", 10000}, {"b", 100}, {"c", 1}});
  const AliasTable distribution = negative_distribution(vocabulary);
  Negatives negatives(distribution, apps::Random({1}));
  std::vector<WordId> prepared;
  for (const std::size_t count : {3UL, 0UL, 100000UL}) {
    const auto words = negatives.prepare(count);
    prepared.insert(prepared.end(), words.begin(), words.end());
  }
  std::vector<WordId> taken;
  for (const std::size_t count : {2UL, 50000UL, 50001UL}) {
    const auto words = negatives.take(count);
    taken.insert(taken.end(), words.begin(), words.end());
  }
  CHECK(taken == prepared);
  const auto share = [&](WordId word) {
    return static_cast<double>(std::count(taken.begin(), taken.end(), word)) /
           static_cast<double>(taken.size());
  };
  const double sum = 1000 + std::pow(100, 0.75) + 1;
  CHECK(share(0) == Approx(1000 / sum).epsilon(0.01));
  CHECK(share(1) == Approx(std::pow(100, 0.75) / sum).epsilon(0.06));
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
  constexpr std::size_t words = 40;
  for (const Optimizer optimizer : {Optimizer::adagrad, Optimizer::sgd}) {
    for (const bool shares : {true, false}) {
      const Shape shape{words, 9, optimizer};  // no multiple of a vector register
      std::vector<float> model = random_values(shape, 5);
      PlainModel plain(shape, {model.begin(), model.end()});
      const BatchOptions options{3, 4, shares, 30};
      BatchMaker maker(options);
      apps::Random random({9});
      double loss = 0;
      double plain_loss = 0;
      for (int i = 0; i < 50; ++i) {
        const Sentence sentence = random_sentence(2 + random.below(12U), words, options.window, random);
        std::vector<WordId> negatives(count_negatives(options, sentence));
        for (WordId& word : negatives) word = random.below(static_cast<WordId>(words));
        std::deque<Batch> batches;
        maker.make(sentence, negatives, batches);
        loss += train_batches(shape, batches, 0.05F, model);
        plain_loss += plain.train(examples_of(sentence, negatives, options), 0.05);
      }
      CHECK(loss == Approx(plain_loss).epsilon(1e-4));
      double largest = 0;
      for (std::size_t i = 0; i < model.size(); ++i) {
        largest = std::max(largest, std::fabs(static_cast<double>(model[i]) - plain.values()[i]));
      }
      CHECK(largest < 1e-3);
    }
  }
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
    const auto value = value_of(initial, input_key(word));
    different.insert(value);
    CHECK(value == value_of(same, input_key(word)));
    CHECK(value != value_of(other, input_key(word)));
    for (std::size_t i = 0; i < 8; ++i) CHECK(std::fabs(value[i]) <= 0.5F / 8);
    CHECK(value[8] == 1e-6F);
    CHECK(value_of(initial, output_key(word)) ==
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
  inputs_only.get(input_key(0), value);
  CHECK(value == std::vector<float>{5, 6, 0.5F, 0.5F});
  inputs_only.get(output_key(0), value);
  CHECK(value == std::vector<float>{0, 0, 0.5F, 0.5F});
  trained.outputs = {7, 8, 9, 10, 11, 12};
  trained.input_sums = {21, 22, 23, 24, 25, 26};
  trained.output_sums = {31, 32, 33, 34, 35, 36};
  const InitialValues with_state(shape, vocabulary, 1, 0.5F, &trained);
  with_state.get(input_key(2), value);
  CHECK(value == std::vector<float>{1, 2, 21, 22});
  with_state.get(output_key(2), value);
  CHECK(value == std::vector<float>{7, 8, 31, 32});
  with_state.get(output_key(1), value);
  CHECK(value == std::vector<float>{0, 0, 0.5F, 0.5F});
}

}  // namespace adapm::word2vec
