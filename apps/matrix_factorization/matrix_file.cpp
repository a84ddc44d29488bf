#include "matrix_factorization/matrix_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

#include "common/program.hpp"

namespace adapm::mf {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;
constexpr std::string_view banner = "%%matrixmarket";  // in any case

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

std::ifstream open(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw apps::InputError("cannot open " + path + ": " + std::strerror(errno));
  return stream;
}

/// The lines of a byte range of a file; a line belongs to the range in which it begins.
class RangeLines {
 public:
  RangeLines(const std::string& path, apps::Share range) : stream_(open(path)), path_(path), end_(range.end) {
    // The range begins with a line if the byte before it ends one.
    position_ = range.begin == 0 ? 0 : range.begin - 1;
    stream_.seekg(static_cast<std::streamoff>(position_));
    if (range.begin > 0) next_line();
  }

  /// The next line, without its end, valid until the call after; nothing after the last.
  std::optional<std::string_view> next() {
    if (position_ >= end_) return std::nullopt;
    line_begin_ = position_;
    return next_line();
  }

  /// Where the line that `next` returned begins.
  [[nodiscard]] std::size_t line_begin() const { return line_begin_; }

 private:
  std::optional<std::string_view> next_line() {
    std::size_t searched = 0;
    for (;;) {
      const std::size_t newline = buffer_.find('\n', used_ + searched);
      if (newline != buffer_.npos) return take(newline - used_, 1);
      searched = buffer_.size() - used_;
      if (!fill()) break;
    }
    if (searched == 0) {
      position_ = end_;
      return std::nullopt;
    }
    return take(searched, 0);
  }

  std::string_view take(std::size_t length, std::size_t line_end) {
    const std::string_view line = std::string_view(buffer_).substr(used_, length);
    used_ += length + line_end;
    position_ += length + line_end;
    return line;
  }

  /// Reads more behind what is left in the buffer. Returns false at the end of the file.
  bool fill() {
    buffer_.erase(0, used_);
    used_ = 0;
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + buffer_bytes);
    stream_.read(buffer_.data() + kept, static_cast<std::streamsize>(buffer_bytes));
    if (stream_.bad()) throw apps::InputError("cannot read " + path_ + ": " + std::strerror(errno));
    buffer_.resize(kept + static_cast<std::size_t>(stream_.gcount()));
    return buffer_.size() > kept;
  }

  std::ifstream stream_;
  const std::string& path_;
  const std::size_t end_;
  std::size_t position_ = 0;  // of the next line
  std::size_t line_begin_ = 0;
  std::string buffer_;
  std::size_t used_ = 0;  // bytes at the front of the buffer
};

/// The number of the line that begins at byte `position`. Reads all that comes before: for messages only.
std::size_t line_number(const std::string& path, std::size_t position) {
  std::ifstream stream = open(path);
  std::string buffer(buffer_bytes, '\0');
  std::size_t number = 1;
  while (position > 0 && stream) {
    stream.read(buffer.data(), static_cast<std::streamsize>(std::min(position, buffer.size())));
    const auto read = static_cast<std::size_t>(stream.gcount());
    number += static_cast<std::size_t>(std::count(buffer.data(), buffer.data() + read, '\n'));
    position -= read;
  }
  return number;
}

[[noreturn]] void fail(const std::string& path, std::size_t position, const std::string& message) {
  throw apps::InputError(path + ":" + std::to_string(line_number(path, position)) + ": " + message);
}

std::string found(std::string_view line) {
  return ", found '" + std::string(trimmed(line).substr(0, 80)) + "'";
}

/// Takes a number from the front of `text`, and the separators before it. Returns false if there is none.
template <class Number>
bool take_number(std::string_view& text, std::string_view separators, Number& number) {
  const std::size_t first = text.find_first_not_of(separators);
  if (first == text.npos) return false;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + first, end, number);
  if (error != std::errc() || (rest != end && separators.find(*rest) == separators.npos)) return false;
  text = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return true;
}

bool is_comment(MatrixFile::Form form, std::string_view line) {
  return line.empty() || (form == MatrixFile::Form::ratings && (line.front() == '#' || line.front() == '%'));
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return result;
}

void check_banner(const std::string& path, std::string_view line) {
  std::string words = lower_case(line);
  words.erase(
      std::unique(words.begin(), words.end(), [](char a, char b) { return is_blank(a) && is_blank(b); }),
      words.end());
  for (const char* element : {"real", "integer"}) {
    if (words == std::string(banner) + " matrix coordinate " + element + " general") return;
  }
  fail(path, 0, "expected '%%MatrixMarket matrix coordinate real general' (or integer)" + found(line));
}

void read_size_line(MatrixFile& file) {
  RangeLines lines(file.path, {0, file.bytes});
  check_banner(file.path, trimmed(*lines.next()));
  while (const auto line = lines.next()) {
    std::string_view rest = trimmed(*line);
    if (rest.empty() || rest.front() == '%') continue;
    const bool complete = take_number(rest, " \t", file.rows) && take_number(rest, " \t", file.columns) &&
                          take_number(rest, " \t", file.cells) && rest.empty();
    constexpr auto most = std::numeric_limits<std::uint32_t>::max() - 1;
    if (!complete || file.rows == 0 || file.columns == 0 || file.rows > most || file.columns > most) {
      fail(file.path, lines.line_begin(),
           "expected 'rows columns cells', at most " + std::to_string(most) + " rows and columns" +
               found(*line));
    }
    file.begin = std::min(lines.line_begin() + line->size() + 1, file.bytes);
    return;
  }
  throw apps::InputError(file.path + ": expected a line 'rows columns cells', found the end of the file");
}

void skip_heading(MatrixFile& file) {
  RangeLines lines(file.path, {0, file.bytes});
  const auto line = lines.next();
  if (!line || line->empty()) return;
  if (std::isalpha(static_cast<unsigned char>(line->front())) != 0) file.begin = line->size() + 1;
}

}  // namespace

MatrixFile open_matrix(const std::string& path) {
  MatrixFile file;
  file.path = path;
  std::ifstream stream = open(path);
  std::string start(banner.size(), '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  stream.clear();
  stream.seekg(0, std::ios::end);
  const auto bytes = static_cast<std::streamoff>(stream.tellg());
  if (!stream || bytes < 0 || bytes == std::numeric_limits<std::streamoff>::max()) {
    throw apps::InputError("cannot read " + path + ": it must be a regular file");
  }
  file.bytes = static_cast<std::size_t>(bytes);
  if (lower_case(start) == banner) {
    file.form = MatrixFile::Form::matrix_market;
    read_size_line(file);
  } else {
    skip_heading(file);
  }
  return file;
}

void read_cells(const MatrixFile& file, apps::Share range, const std::function<void(const FileCell&)>& take) {
  const bool is_matrix = file.form == MatrixFile::Form::matrix_market;
  const std::string_view separators = is_matrix ? " \t" : " \t,:";
  RangeLines lines(file.path, {std::max(range.begin, file.begin), std::max(range.end, file.begin)});
  while (const auto line = lines.next()) {
    std::string_view rest = trimmed(*line);
    if (is_comment(file.form, rest)) continue;
    FileCell cell;
    double value = 0;
    const bool complete = take_number(rest, separators, cell.row) &&
                          take_number(rest, separators, cell.column) &&
                          take_number(rest, separators, value) && (!is_matrix || rest.empty());
    cell.value = static_cast<float>(value);
    if (!complete || !std::isfinite(cell.value)) {
      const char* expected = is_matrix ? "expected 'row column value'" : "expected 'user item rating'";
      fail(file.path, lines.line_begin(), expected + found(*line));
    }
    const auto within = [](std::int64_t index, std::uint64_t size) {
      return index >= 1 && static_cast<std::uint64_t>(index) <= size;
    };
    if (is_matrix && !(within(cell.row, file.rows) && within(cell.column, file.columns))) {
      fail(file.path, lines.line_begin(),
           "expected a row from 1 to " + std::to_string(file.rows) + " and a column from 1 to " +
               std::to_string(file.columns) + found(*line));
    }
    take(cell);
  }
}

}  // namespace adapm::mf
