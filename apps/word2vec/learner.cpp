#include "word2vec/learner.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

Learner::Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options,
                 LookAhead look_ahead)
    : worker_(worker), shape_(shape), options_(options), look_ahead_(std::move(look_ahead)), model_(shape) {}

Work Learner::learn_batch() {
  const Batch batch = look_ahead_.take();
  Work work;
  work.words_read = batch.words_read;
  if (!batch.keys.empty()) {
    const std::size_t length = batch.keys.size() * shape_.value_length();
    values_.resize(std::max(values_.size(), length));
    updates_.resize(values_.size());
    const std::span<float> values = std::span(values_).first(length);
    const std::span<float> updates = std::span(updates_).first(length);
    worker_.wait(worker_.pull(batch.keys, values));
    std::copy(values.begin(), values.end(), updates.begin());
    work.loss = model_.train(batch, learning_rate(), values);
    subtract_from(values, updates);
    Ticket& oldest = pushes_[batches_++ % pushes_.size()];
    worker_.wait(oldest);
    oldest = worker_.push(batch.keys, updates);
  }
  fraction_ = batch.fraction;
  at_end_of_epoch_ = batch.ends_epoch;
  if (batch.ends_epoch) ++epochs_done_;
  if (batch.ends_sentence) worker_.advance_clock();
  return work;
}

/// SGD's falls linearly over all epochs, down to a ten thousandth.
float Learner::learning_rate() const {
  if (shape_.optimizer == Optimizer::adagrad) return static_cast<float>(options_.learning_rate);
  const double within = at_end_of_epoch_ ? 0 : fraction_;
  const double done = (static_cast<double>(epochs_done_) + within) / static_cast<double>(options_.epochs);
  return static_cast<float>(options_.learning_rate * std::max(1 - done, 1e-4));
}

}  // namespace adapm::word2vec
