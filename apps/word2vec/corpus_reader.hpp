// Reads a part of a text file word by word, however large the file is.
//
// Words are separated by blanks and control characters; a newline also ends a sentence. The file may be cut
// into parts at any byte: a word belongs to the part in which its first byte lies, a sentence end to the part
// in which its newline lies. So the parts together have each word exactly once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/team.hpp"

namespace adapm::word2vec {

/// The size of a corpus in bytes.
/// Errors  apps::InputError if there is no such file, it cannot be read, or it is empty.
std::size_t corpus_bytes(const std::string& path);

/// Not thread-safe.
class CorpusReader {
 public:
  enum class Token { word, sentence_end, end };

  /// Longer words are an error: such a file is not text.
  static constexpr std::size_t max_word_bytes = 1 << 16;

  /// Reads the bytes of `part`.   Errors  apps::InputError if the file cannot be opened.
  CorpusReader(std::string path, apps::Share part);

  /// What comes next. After `end` always `end`.
  /// Errors  apps::InputError if the file cannot be read or has a word of more than max_word_bytes.
  Token next();

  /// The word that `next` found, valid until the next call.
  [[nodiscard]] std::string_view word() const { return word_; }

  /// The share of the part that has been read.
  [[nodiscard]] double fraction() const;

  /// Begins again.
  void rewind();

 private:
  [[nodiscard]] std::size_t position() const { return buffer_offset_ + at_; }
  [[nodiscard]] bool refill();
  void skip_word_begun_before();
  /// Where the word that begins at at_ ends in the buffer, after reading on if need be.
  [[nodiscard]] std::size_t find_word_end();

  const std::string path_;
  const apps::Share part_;
  std::ifstream file_;
  std::vector<char> buffer_;
  std::size_t buffer_offset_ = 0;  // of buffer_[0] in the file
  std::size_t filled_ = 0;
  std::size_t at_ = 0;  // what comes next, in buffer_
  std::string_view word_;
};

}  // namespace adapm::word2vec
