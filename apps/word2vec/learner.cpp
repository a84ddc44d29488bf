#include "word2vec/learner.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

Learner::Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options,
                 LookAhead look_ahead)
    : worker_(worker),
      shape_(shape),
      options_(options),
      look_ahead_(std::move(look_ahead)),
      maker_(shape, options.passages),
      model_(shape),
      pushes_(worker) {}

std::vector<double> Learner::learn_epoch(apps::RunningEpoch& epoch) {
  constexpr std::size_t passages_between_looks = 16;
  Work work;
  const EpochPart before = std::exchange(options_.done, {});
  if (before.ends_epoch) return {0, 0, 0, 0};
  double fraction = before.fraction;
  while (true) {
    const PreparedPassage next = look_ahead_.take();
    if (!next.passage.empty()) work.loss += learn_passage(next, learning_rate(epoch.number(), fraction));
    worker_.advance_clock();
    epoch.count_step();
    work.words_read += static_cast<double>(next.passage.words_read);
    fraction = next.passage.fraction;
    if (next.passage.ends_epoch) break;
    if (epoch.steps() % passages_between_looks != 0) continue;
    if (epoch.time_is_up() || epoch.is_interrupted()) break;
    epoch.update(fraction * options_.corpus_words);
  }
  return {work.loss.sum, work.loss.examples, work.words_read, fraction - before.fraction};
}

Loss Learner::learn_passage(const PreparedPassage& next, float learning_rate) {
  const Batch& batch = pull(next);
  const std::span<float> values = std::span(values_).first(batch.keys.size() * shape_.value_length());
  updates_.assign(values.begin(), values.end());
  const Loss loss = model_.train(batch, learning_rate, values);
  subtract_from(values, updates_);
  pushes_.push(batch.keys, updates_);
  return loss;
}

const Batch& Learner::pull(const PreparedPassage& next) {
  const std::size_t length = shape_.value_length();
  values_.resize(std::max(values_.size(), next.passage.max_keys() * length));
  const std::span<float> values(values_);
  negatives_.resize(next.passage.negatives);
  const std::size_t of_negatives = negatives_.size() * length;
  const Ticket sample = worker_.pull_sample(next.negatives, negatives_, values.first(of_negatives));
  const Batch& batch = maker_.make(next.passage, negatives_);
  const KeySpan words = KeySpan(batch.keys).subspan(negatives_.size());
  worker_.wait(worker_.pull(words, values.subspan(of_negatives, words.size() * length)));
  worker_.wait(sample);
  return batch;
}

/// SGD's falls linearly over all epochs, down to a ten thousandth.
float Learner::learning_rate(std::uint64_t epoch, double fraction) const {
  if (shape_.optimizer == Optimizer::adagrad) return static_cast<float>(options_.learning_rate);
  const double done = (static_cast<double>(epoch - 1) + fraction) / static_cast<double>(options_.epochs);
  return static_cast<float>(options_.learning_rate * std::max(1 - done, 1e-4));
}

}  // namespace adapm::word2vec
