#include "word2vec/learner.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

BatchQueue::BatchQueue(Worker<float>& worker, SentenceStream stream, BatchMaker maker, std::size_t ahead,
                       std::uint64_t epochs)
    : worker_(worker),
      stream_(std::move(stream)),
      maker_(std::move(maker)),
      ahead_(ahead),
      first_clock_(worker.current_clock()),
      epochs_left_(epochs) {
  read_ahead();
}

void BatchQueue::read_ahead() {
  while (epochs_left_ > 0 && drawn_ - taken_ <= ahead_) draw();
}

void BatchQueue::draw() {
  stream_.next(sentence_);
  if (sentence_.ends_epoch) --epochs_left_;
  made_.clear();
  maker_.make(sentence_, made_);
  for (Batch& batch : made_) {
    if (ahead_ > 0 && !batch.keys.empty())
      worker_.intent(batch.keys, first_clock_ + static_cast<Clock>(drawn_));
    queue_.push_back(std::move(batch));
  }
  ++drawn_;
}

Batch BatchQueue::take() {
  read_ahead();
  Batch batch = std::move(queue_.front());
  queue_.pop_front();
  if (batch.ends_sentence) ++taken_;
  return batch;
}

Learner::Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options,
                 SentenceStream stream, BatchMaker maker)
    : worker_(worker),
      shape_(shape),
      options_(options),
      queue_(worker, std::move(stream), std::move(maker), options.intent_ahead, options.epochs),
      model_(shape) {}

Work Learner::learn_batch() {
  const Batch batch = queue_.take();
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
