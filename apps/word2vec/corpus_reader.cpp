#include "word2vec/corpus_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/program.hpp"

namespace adapm::word2vec {

namespace {

bool is_separator(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

}  // namespace

std::size_t corpus_bytes(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw apps::InputError("there is no file " + path + ": see --corpus");
  if (!fs::is_regular_file(status)) throw apps::InputError(path + " is not a file: see --corpus");
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (error) throw apps::InputError("cannot read " + path + ": " + error.message());
  if (bytes == 0) throw apps::InputError(path + " is empty: --corpus takes a text file");
  return static_cast<std::size_t>(bytes);
}

CorpusReader::CorpusReader(std::string path, apps::Share part)
    : path_(std::move(path)), part_(part), file_(path_, std::ios::binary), buffer_(2 * max_word_bytes) {
  if (!file_) throw apps::InputError("cannot open " + path_ + ": " + std::strerror(errno));
  rewind();
}

void CorpusReader::rewind() {
  // One byte before the part tells whether the part begins with the rest of a word.
  const bool looks_back = part_.begin > 0 && part_.size() > 0;
  buffer_offset_ = looks_back ? part_.begin - 1 : part_.begin;
  at_ = filled_ = 0;
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(buffer_offset_));
  if (looks_back) skip_word_begun_before();
}

void CorpusReader::skip_word_begun_before() {
  if (!refill()) return;
  at_ = is_separator(buffer_[0]) ? 1 : find_word_end();
}

/// Keeps what is left from at_ on at the front of the buffer. False if the file has nothing more.
bool CorpusReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  buffer_offset_ += at_;
  filled_ -= at_;
  at_ = 0;
  file_.read(buffer_.data() + filled_, static_cast<std::streamsize>(buffer_.size() - filled_));
  if (file_.bad()) throw apps::InputError("cannot read " + path_ + ": " + std::strerror(errno));
  const auto read = static_cast<std::size_t>(file_.gcount());
  filled_ += read;
  return read > 0;
}

std::size_t CorpusReader::find_word_end() {
  std::size_t length = 0;
  for (;;) {
    while (at_ + length < filled_ && !is_separator(buffer_[at_ + length])) ++length;
    if (length > max_word_bytes) {
      throw apps::InputError(path_ + " has a word of more than " + std::to_string(max_word_bytes) +
                             " bytes at byte " + std::to_string(position()) + ": --corpus takes a text file");
    }
    if (at_ + length < filled_ || !refill()) return at_ + length;
  }
}

CorpusReader::Token CorpusReader::next() {
  for (;; ++at_) {
    if (position() >= part_.end || (at_ == filled_ && !refill())) return Token::end;
    if (!is_separator(buffer_[at_])) break;
    if (buffer_[at_] != '\n') continue;
    ++at_;
    return Token::sentence_end;
  }
  const std::size_t end = find_word_end();
  word_ = std::string_view(buffer_.data() + at_, end - at_);
  at_ = end;
  return Token::word;
}

double CorpusReader::fraction() const {
  if (part_.size() == 0) return 1;
  const auto read = static_cast<double>(std::min(position(), part_.end) - std::min(position(), part_.begin));
  return std::min(read / static_cast<double>(part_.size()), 1.0);
}

}  // namespace adapm::word2vec
