#include "word2vec/look_ahead.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

LookAhead::LookAhead(Worker<float>& worker, std::size_t num_keys, SentenceStream stream, Negatives negatives,
                     const BatchOptions& batches, std::size_t ahead, std::uint64_t epochs)
    : worker_(worker),
      stream_(std::move(stream)),
      negatives_(std::move(negatives)),
      options_(batches),
      maker_(batches),
      ahead_(ahead),
      first_clock_(worker.current_clock()),
      epochs_left_(epochs),
      in_block_(num_keys) {
  while (ahead_ > 0 && epochs_left_ > 0 && must_read_on()) read_block();
}

Batch LookAhead::take() {
  if (batches_.empty()) {
    while (epochs_left_ > 0 && (sentences_.empty() || must_read_on())) read_block();
    const Sentence& sentence = sentences_.front();
    maker_.make(sentence, negatives_.take(count_negatives(options_, sentence)), batches_);
    words_ahead_ -= sentence.words.size();
    sentences_.pop_front();
    ++taken_;
  }
  Batch batch = std::move(batches_.front());
  batches_.pop_front();
  return batch;
}

bool LookAhead::must_read_on() const { return read_ - taken_ <= ahead_ && words_ahead_ < max_words_ahead; }

/// A quarter of what is to be read ahead.
void LookAhead::read_block() {
  const std::size_t before = read_;
  const std::size_t end = before + std::max<std::size_t>(ahead_ / 4, 1);
  const std::size_t end_words = words_ahead_ + max_words_ahead / 4;
  while (read_ < end && words_ahead_ < end_words && epochs_left_ > 0) {
    Sentence& sentence = sentences_.emplace_back();
    stream_.next(sentence);
    if (sentence.ends_epoch) --epochs_left_;
    ++read_;
    words_ahead_ += sentence.words.size();
    const auto negatives = negatives_.prepare(count_negatives(options_, sentence));
    if (ahead_ == 0) continue;
    for (const WordId word : sentence.words) {
      announce(input_key(word));
      announce(output_key(word));
    }
    for (const WordId word : negatives) announce(output_key(word));
  }
  if (block_keys_.empty()) return;
  worker_.intent(block_keys_, first_clock_ + static_cast<Clock>(before),
                 first_clock_ + static_cast<Clock>(read_));
  for (const Key key : block_keys_) in_block_[static_cast<std::size_t>(key)] = false;
  block_keys_.clear();
}

void LookAhead::announce(Key key) {
  if (in_block_[static_cast<std::size_t>(key)]) return;
  in_block_[static_cast<std::size_t>(key)] = true;
  block_keys_.push_back(key);
}

}  // namespace adapm::word2vec
