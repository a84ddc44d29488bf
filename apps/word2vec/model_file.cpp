#include "word2vec/model_file.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "common/binary_file.hpp"
#include "common/program.hpp"
#include "common/text.hpp"
#include "common/text_file.hpp"

namespace adapm::word2vec {

namespace {

constexpr std::string_view kind_of_state = "ADAPMW2V";

struct StateHeader {
  apps::FileMark mark;
  std::uint32_t dim;
  std::uint64_t words;
  std::uint64_t has_sums;
};
static_assert(sizeof(StateHeader) == 32);

std::string_view bytes_of(std::span<const float> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

/// Takes the numbers and the rest of a line from the front of `text`; false if there are not as many.
bool take_numbers(std::string_view& text, std::span<float> numbers) {
  const auto skip_blanks = [&] { text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); };
  for (float& number : numbers) {
    skip_blanks();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  skip_blanks();
  return text.empty() || text.front() == '\n' || text.front() == '\r';
}

/// Reads the rows of a file of either format.
class RowReader {
 public:
  RowReader(std::string_view text, const std::string& path) : rest_(text), path_(path) {}

  /// "V dim\n"
  void header(std::size_t& words, std::size_t& dim) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    const char* const last = line.data() + (line.find_last_not_of(" \r") + 1);  // nothing found is -1
    auto [next, error] = std::from_chars(line.data(), last, words);
    if (error == std::errc() && next != last && *next == ' ') {
      const auto second = std::from_chars(next + 1, last, dim);
      next = second.ptr;
      error = second.ec;
    }
    if (error != std::errc() || next != last || words == 0 || dim == 0) {
      throw apps::InputError(path_ +
                             " does not begin with 'number-of-words dim', as a file of --output does");
    }
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }

  /// Up to the next blank.
  std::string word() {
    ++row_;
    rest_.remove_prefix(std::min(rest_.find_first_not_of("\r\n"), rest_.size()));
    const std::size_t end = rest_.find(' ');
    if (end == rest_.npos || end == 0) fail("has no word");
    const std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return word;
  }

  void binary(std::span<float> weights) {
    if (rest_.size() < weights.size_bytes()) fail("is cut off");
    std::memcpy(weights.data(), rest_.data(), weights.size_bytes());
    rest_.remove_prefix(weights.size_bytes());
  }

  void text(std::span<float> weights) {
    if (!take_numbers(rest_, weights)) fail("does not have " + std::to_string(weights.size()) + " numbers");
  }

  /// Whether a row with numbers as text follows. Floats in binary form do not look like that.
  [[nodiscard]] bool is_text(std::size_t dim) const {
    std::string_view text = rest_.substr(std::min(rest_.find(' '), rest_.size()));
    std::vector<float> ignored(dim);
    return take_numbers(text, ignored);
  }

  void end() const {
    if (rest_.find_first_not_of("\r\n") != rest_.npos)
      fail("is followed by more rows than its header announces");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw apps::InputError(path_ + ": row " + std::to_string(row_) + " " + what);
  }

  std::string_view rest_;
  const std::string& path_;
  std::size_t row_ = 0;  // the current one, from 1
};

/// Of the words and weights of FILE.
std::uint64_t checksum_of(const TrainedModel& model) {
  Checksum checksum;
  for (std::size_t row = 0; row < model.words.size(); ++row) {
    checksum.add(model.words[row]);
    checksum.add(std::span(model.inputs).subspan(row * model.dim, model.dim));
  }
  return checksum.value();
}

[[noreturn]] void reject_state(const std::string& path) {
  throw apps::InputError(path + " belongs to another model than the file beside it");
}

void read_state(const std::string& path, TrainedModel& model) {
  apps::BinaryReader file(path, "--write-state");
  const auto header = file.header<StateHeader>(kind_of_state);
  if (header.has_sums > 1) file.reject_header();
  if (header.dim != model.dim || header.words != model.words.size()) reject_state(path);
  const std::size_t rows_per_word = header.has_sums == 1 ? 3 : 1;
  std::vector<float> floats(model.inputs.size() * rows_per_word);
  std::uint64_t checksum = 0;
  const std::uint64_t end = sizeof header + floats.size() * sizeof(float);
  file.check_bytes(end + sizeof checksum);
  file.read(end, &checksum, sizeof checksum);
  if (checksum != checksum_of(model)) reject_state(path);
  file.read(sizeof header, floats.data(), floats.size() * sizeof(float));
  const float* at = floats.data();
  const auto take = [&](std::vector<float>& rows) {
    rows.insert(rows.end(), at, at + model.dim);
    at += model.dim;
  };
  for (std::size_t row = 0; row < model.words.size(); ++row) {
    take(model.outputs);
    if (header.has_sums == 0) continue;
    take(model.input_sums);
    take(model.output_sums);
  }
}

/// The state beside a model, if there is one.
void read_state_beside(const std::string& path, TrainedModel& model) {
  const std::string state = path + ".state";
  if (!std::filesystem::exists(state)) return;
  try {
    read_state(state, model);
  } catch (const apps::InputError& error) {
    throw apps::InputError(std::string(error.what()) + ": remove it to go on from the vectors alone");
  }
}

}  // namespace

void Checksum::add(std::string_view bytes) {
  for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
}

void Checksum::add(std::span<const float> weights) { add(bytes_of(weights)); }

ModelWriter::ModelWriter(const std::string& path, const Shape& shape, ModelFormat format, bool state)
    : shape_(shape), format_(format), file_(path) {
  file_.write(std::to_string(shape.words) + ' ' + std::to_string(shape.dim) + '\n');
  if (!state) return;
  state_.emplace(path + ".state");
  StateHeader header{};
  header.mark = apps::FileMark(kind_of_state);
  header.dim = static_cast<std::uint32_t>(shape.dim);
  header.words = shape.words;
  header.has_sums = shape.optimizer == Optimizer::adagrad ? 1 : 0;
  state_->write(&header, sizeof header);
}

void ModelWriter::add(const std::string& word, std::span<const float> input_value,
                      std::span<const float> output_value) {
  const auto weights = input_value.first(shape_.dim);
  if (format_ == ModelFormat::binary) {
    file_.write(word + ' ');
    file_.write(bytes_of(weights));
    file_.write("\n");
  } else {
    add_text(word, weights);
  }
  if (!state_) return;
  checksum_.add(word);
  checksum_.add(weights);
  state_->write(bytes_of(output_value.first(shape_.dim)));
  state_->write(bytes_of(input_value.subspan(shape_.dim)));
  state_->write(bytes_of(output_value.subspan(shape_.dim)));
}

void ModelWriter::add_text(const std::string& word, std::span<const float> weights) {
  line_ = word + ' ';
  apps::append_numbers(line_, weights);
  file_.write(line_ += '\n');
}

void ModelWriter::commit() {
  file_.commit();
  if (!state_) return;
  const std::uint64_t checksum = checksum_.value();
  state_->write(&checksum, sizeof checksum);
  state_->commit();
}

TrainedModel read_model(const std::string& path) {
  const std::string text = apps::read_file(path);
  RowReader rows(text, path);
  TrainedModel model;
  std::size_t words = 0;
  rows.header(words, model.dim);
  // A row has at least a byte a weight: what is claimed beyond that is not worth allocating.
  if (words > text.size() / model.dim) {
    throw apps::InputError(path + " is too short for the " + std::to_string(words) +
                           " words that it announces");
  }
  const bool is_text = rows.is_text(model.dim);
  model.inputs.resize(words * model.dim);
  for (std::size_t i = 0; i < words; ++i) {
    model.words.push_back(rows.word());
    const std::span<float> weights(&model.inputs[i * model.dim], model.dim);
    is_text ? rows.text(weights) : rows.binary(weights);
  }
  rows.end();
  read_state_beside(path, model);
  return model;
}

}  // namespace adapm::word2vec
