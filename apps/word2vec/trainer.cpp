#include "word2vec/trainer.hpp"

#include <algorithm>
#include <utility>

#include "common/fingerprint.hpp"
#include "word2vec/learner.hpp"
#include "word2vec/model_file.hpp"
#include "word2vec/model_reader.hpp"
#include "word2vec/negatives.hpp"

namespace adapm::word2vec {

namespace {

/// So many keys that their values stay in a core's cache while they are trained on.
std::size_t keys_per_passage(const Shape& shape) {
  constexpr std::size_t floats = std::size_t{1} << 16;
  return std::max<std::size_t>(floats / shape.value_length(), 16);
}

}  // namespace

Trainer::Trainer(const Word2vecOptions& options, std::size_t corpus_bytes, const Vocabulary& vocabulary,
                 const Shape& shape, const InitialValues& initial, const Tasks& tasks, Store<float>& store,
                 Report& report)
    : apps::Trainer(options, store, report, static_cast<double>(vocabulary.total_count())),
      options_(options),
      corpus_bytes_(corpus_bytes),
      vocabulary_(vocabulary),
      shape_(shape),
      initial_(initial),
      tasks_(tasks),
      report_(report),
      subsampling_(vocabulary, options.subsample),
      evaluator_(shape_, tasks, store, team()) {
  store.set_distribution(negative_distribution(vocabulary, shape));
}

void Trainer::initialise(Worker<float>& worker, std::size_t index) {
  std::vector<float> value(shape_.value_length());
  team().for_each_home_key(index, shape_.num_keys(), [&](Key key) {
    initial_.get(key, value);
    worker.set({&key, 1}, value);
  });
}

std::unique_ptr<apps::Learner> Trainer::make_learner(Worker<float>& worker, std::size_t index) {
  const auto seed = static_cast<std::uint64_t>(options_.seed);
  LearnerOptions learning;
  learning.passages.negatives = static_cast<std::size_t>(options_.negatives);
  learning.passages.shares_negatives = options_.share_negatives == "word";
  learning.passages.max_keys = keys_per_passage(shape_);
  learning.learning_rate = options_.rate();
  learning.epochs = last_epoch();
  learning.corpus_words = static_cast<double>(vocabulary_.total_count());
  SentenceStream sentences(options_.corpus, corpus_bytes_, vocabulary_, subsampling_,
                           static_cast<std::size_t>(options_.window), seed, team().place(index),
                           first_epoch());
  PassageStream passages(std::move(sentences), learning.passages);
  learning.done = passages.skip(steps_done(index));
  const std::uint64_t epochs = last_epoch() + 1 - first_epoch() - (learning.done.ends_epoch ? 1 : 0);
  LookAhead look_ahead(worker, shape_, std::move(passages), static_cast<std::size_t>(options_.intent_ahead),
                       epochs);
  return std::make_unique<Learner>(worker, shape_, learning, std::move(look_ahead));
}

void Trainer::end_epoch(const apps::EpochMeasures& measures, std::span<const double> sums) {
  const double fraction = sums[3] / static_cast<double>(team().workers());
  report_.epoch(measures, fraction, {{sums[0], sums[1]}, sums[2]});
  if (fraction < 1 - 1e-9) stop("stopped within the epoch: --max-runtime is over");
}

bool Trainer::evaluation_due(std::uint64_t epoch, bool last) const {
  const auto every = static_cast<std::uint64_t>(options_.eval_every);
  return last || (every > 0 && epoch >= first_epoch() && epoch % every == 0);
}

void Trainer::evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) {
  if (tasks_.empty()) return;
  const apps::Stopwatch watch;
  const Scores& scores = evaluator_.evaluate(worker, index);
  if (index == 0) report_.evaluation(epoch, tasks_, scores, watch.elapsed());
}

void Trainer::write(Worker<float>& worker, const std::string& suffix) {
  const ModelFormat format = options_.output_format == "text" ? ModelFormat::text : ModelFormat::binary;
  const std::string path = options_.output + suffix;
  ModelWriter writer(path, shape_, format, options_.write_state);
  const std::size_t length = shape_.value_length();
  pull_words(worker, shape_, 0, shape_.words, false, [&](WordId word, std::span<const float> values) {
    writer.add(vocabulary_.word(word), values.first(length), values.subspan(length));
  });
  writer.commit();
  report_.note("wrote " + path + (options_.write_state ? " and .state" : ""));
}

apps::Settings Trainer::settings() const {
  apps::Fingerprint words;
  for (std::size_t i = 0; i < vocabulary_.size(); ++i) {
    const auto word = static_cast<WordId>(i);
    words.add(vocabulary_.word(word)).add(vocabulary_.count(word));
  }
  return {{"--corpus", "of " + std::to_string(corpus_bytes_) + " bytes and a vocabulary of " +
                           std::to_string(vocabulary_.size()) + " words (" + words.text() + ")"},
          {"--dim", std::to_string(options_.dim)},
          {"--optimizer", options_.optimizer},
          {"--seed", std::to_string(options_.seed)}};
}

}  // namespace adapm::word2vec
