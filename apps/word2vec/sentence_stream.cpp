#include "word2vec/sentence_stream.hpp"

#include <algorithm>

namespace adapm::word2vec {

SentenceStream::SentenceStream(const std::string& path, std::size_t corpus_bytes,
                               const Vocabulary& vocabulary, const Subsampling& subsampling,
                               std::size_t window, std::uint64_t seed, apps::WorkerPlace place,
                               std::uint64_t first_epoch)
    : reader_(path, apps::share_of(corpus_bytes, place)),
      vocabulary_(vocabulary),
      subsampling_(subsampling),
      window_(static_cast<std::uint32_t>(window)),
      seed_(seed),
      place_(place),
      epoch_(first_epoch),
      random_(random_of_epoch()) {}

apps::Random SentenceStream::random_of_epoch() const {
  return apps::Random({seed_, 1, place_.index, place_.count, epoch_});
}

void SentenceStream::next(Sentence& sentence) {
  sentence.words.clear();
  sentence.words_read = 0;
  sentence.ends_epoch = false;
  while (sentence.words.size() < max_words) {
    const CorpusReader::Token token = reader_.next();
    if (token == CorpusReader::Token::word) {
      const auto word = vocabulary_.find(reader_.word());
      if (!word) continue;
      ++sentence.words_read;
      if (subsampling_.keeps(*word, random_)) sentence.words.push_back(*word);
    } else if (token == CorpusReader::Token::end) {
      sentence.ends_epoch = true;
      break;
    } else if (sentence.words.size() >= 2) {
      break;
    } else {
      sentence.words.clear();
    }
  }
  sentence.reaches.clear();
  for (std::size_t i = 0; i < sentence.words.size(); ++i)
    sentence.reaches.push_back(1 + random_.below(window_));
  sentence.fraction = reader_.fraction();
  if (!sentence.ends_epoch) return;
  reader_.rewind();
  ++epoch_;
  random_ = random_of_epoch();
}

apps::Share window_of(const Sentence& sentence, std::size_t centre) {
  const std::size_t reach = sentence.reaches[centre];
  return {centre - std::min(centre, reach), std::min(centre + reach + 1, sentence.words.size())};
}

}  // namespace adapm::word2vec
