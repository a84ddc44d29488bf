#include "word2vec/passage.hpp"

#include <algorithm>
#include <utility>

namespace adapm::word2vec {

PassageStream::PassageStream(SentenceStream sentences, const PassageOptions& options)
    : sentences_(std::move(sentences)), options_(options) {}

void PassageStream::next(Passage& passage) {
  passage = {};
  std::size_t keys = 0;
  do {
    if (centre_ == sentence_.words.size()) {
      sentences_.next(sentence_);
      centre_ = 0;
    }
    passage.fraction = sentence_.fraction;
    if (!add_centres(passage, keys)) return;
    ++passage.sentences;
    passage.words_read += sentence_.words_read;
    passage.ends_epoch = sentence_.ends_epoch;
  } while (!passage.ends_epoch);
}

EpochPart PassageStream::skip(std::uint64_t passages) {
  Passage passage;
  for (; passages > 0; --passages) next(passage);
  return {passage.fraction, passage.ends_epoch};
}

bool PassageStream::add_centres(Passage& passage, std::size_t& keys) {
  const std::size_t words = sentence_.words.size();
  std::size_t inputs_end = 0;  // those before are counted
  for (; words > 1 && centre_ < words; ++centre_) {
    const apps::Share window = window_of(sentence_, centre_);
    const std::size_t new_inputs = window.end - std::min(window.end, std::max(window.begin, inputs_end));
    const std::size_t needed = new_inputs + 1 + options_.negatives_for(window.size() - 1);
    if (!passage.empty() && keys + needed > options_.max_keys) return false;
    keys += needed;
    inputs_end = std::max(inputs_end, window.end);
    add_centre(passage, window);
  }
  centre_ = words;
  return true;
}

void PassageStream::add_centre(Passage& passage, apps::Share window) {
  passage.words.push_back(sentence_.words[centre_]);
  for (std::size_t i = window.begin; i < window.end; ++i) {
    if (i != centre_) passage.words.push_back(sentence_.words[i]);
  }
  passage.neighbours.push_back(static_cast<std::uint32_t>(window.size() - 1));
  passage.negatives += options_.negatives_for(window.size() - 1);
}

}  // namespace adapm::word2vec
