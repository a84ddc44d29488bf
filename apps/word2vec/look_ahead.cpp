#include "word2vec/look_ahead.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

LookAhead::LookAhead(Worker<float>& worker, const Shape& shape, PassageStream stream, std::size_t ahead,
                     std::uint64_t epochs)
    : worker_(worker),
      shape_(shape),
      stream_(std::move(stream)),
      ahead_(ahead),
      epochs_left_(epochs),
      next_clock_(worker.current_clock()),
      block_keys_(shape.num_keys()) {
  while (ahead_ > 0 && epochs_left_ > 0 && must_read_on()) read_block();
}

PreparedPassage LookAhead::take() {
  while (epochs_left_ > 0 && (passages_.empty() || must_read_on())) read_block();
  PreparedPassage next = std::move(passages_.front());
  passages_.pop_front();
  sentences_ahead_ -= next.passage.sentences;
  words_ahead_ -= next.passage.words.size();
  return next;
}

bool LookAhead::must_read_on() const { return sentences_ahead_ < ahead_ && words_ahead_ < max_words_ahead; }

/// A quarter of what is to be read ahead.
void LookAhead::read_block() {
  const Clock begin = next_clock_;
  const std::size_t end = sentences_ahead_ + std::max<std::size_t>(ahead_ / 4, 1);
  const std::size_t end_words = words_ahead_ + max_words_ahead / 4;
  do {
    read_passage();
  } while (sentences_ahead_ < end && words_ahead_ < end_words && epochs_left_ > 0);
  worker_.intent(block_keys_.keys(), begin, next_clock_);
  block_keys_.clear();
}

void LookAhead::read_passage() {
  PreparedPassage& next = passages_.emplace_back();
  const Passage& passage = next.passage;
  stream_.next(next.passage);
  next.negatives = worker_.prepare_sample(passage.negatives, next_clock_++);
  if (passage.ends_epoch) --epochs_left_;
  sentences_ahead_ += passage.sentences;
  words_ahead_ += passage.words.size();
  if (ahead_ == 0) return;
  std::span<const WordId> words(passage.words);
  for (const std::uint32_t count : passage.neighbours) {
    block_keys_.add(shape_.output_key(words.front()));
    for (const WordId word : words.subspan(1, count)) block_keys_.add(shape_.input_key(word));
    words = words.subspan(1 + count);
  }
}

}  // namespace adapm::word2vec
