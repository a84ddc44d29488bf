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
      model_(shape),
      pushes_(worker) {}

std::vector<double> Learner::learn_epoch(apps::RunningEpoch& epoch) {
  constexpr std::size_t batches_between_looks = 64;
  Work work;
  double fraction = 0;
  for (std::size_t i = 1;; ++i) {
    const Batch batch = look_ahead_.take();
    if (!batch.keys.empty()) work.loss += learn_batch(batch, learning_rate(epoch.number(), fraction));
    work.words_read += static_cast<double>(batch.words_read);
    fraction = batch.fraction;
    if (batch.ends_sentence) worker_.advance_clock();
    if (batch.ends_epoch) break;
    if (i % batches_between_looks != 0) continue;
    if (epoch.time_is_up()) break;
    epoch.update(fraction * options_.corpus_words);
  }
  return {work.loss.sum, work.loss.examples, work.words_read, fraction};
}

Loss Learner::learn_batch(const Batch& batch, float learning_rate) {
  const std::size_t length = batch.keys.size() * shape_.value_length();
  values_.resize(std::max(values_.size(), length));
  updates_.resize(values_.size());
  const std::span<float> values = std::span(values_).first(length);
  const std::span<float> updates = std::span(updates_).first(length);
  worker_.wait(worker_.pull(batch.keys, values));
  std::copy(values.begin(), values.end(), updates.begin());
  const Loss loss = model_.train(batch, learning_rate, values);
  subtract_from(values, updates);
  pushes_.push(batch.keys, updates);
  return loss;
}

/// SGD's falls linearly over all epochs, down to a ten thousandth.
float Learner::learning_rate(std::uint64_t epoch, double fraction) const {
  if (shape_.optimizer == Optimizer::adagrad) return static_cast<float>(options_.learning_rate);
  const double done = (static_cast<double>(epoch - 1) + fraction) / static_cast<double>(options_.epochs);
  return static_cast<float>(options_.learning_rate * std::max(1 - done, 1e-4));
}

}  // namespace adapm::word2vec
