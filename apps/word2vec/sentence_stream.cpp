#include "word2vec/sentence_stream.hpp"

namespace adapm::word2vec {

SentenceStream::SentenceStream(const std::string& path, std::size_t corpus_bytes,
                               const Vocabulary& vocabulary, const Subsampling& subsampling,
                               std::uint64_t seed, apps::WorkerPlace place)
    : reader_(path, apps::share_of(corpus_bytes, place)),
      vocabulary_(vocabulary),
      subsampling_(subsampling),
      random_({seed, 1, place.index, place.count}) {}

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
  sentence.fraction = reader_.fraction();
  if (sentence.ends_epoch) reader_.rewind();
}

}  // namespace adapm::word2vec
