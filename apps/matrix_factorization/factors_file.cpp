#include "matrix_factorization/factors_file.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "common/text.hpp"

namespace adapm::mf {

namespace {

constexpr std::string_view kind_of_file = "ADAPMMTF";

/// So that sizes in bytes can be computed of any header.
constexpr std::uint32_t longest_row = std::uint32_t{1} << 24U;

struct Raw {
  apps::FileMark mark;
  std::uint32_t rank;
  std::uint32_t has_state;
  std::uint32_t has_ids;
  std::uint64_t rows;
  std::uint64_t columns;
  std::uint64_t epochs;
  double step;
  double loss;
};
static_assert(sizeof(Raw) == 64);

Raw raw_of(const FactorsHeader& header) {
  Raw raw{};
  raw.mark = apps::FileMark(kind_of_file);
  raw.rank = static_cast<std::uint32_t>(header.shape.rank);
  raw.has_state = header.has_state ? 1 : 0;
  raw.has_ids = header.has_ids ? 1 : 0;
  raw.rows = header.shape.rows;
  raw.columns = header.shape.columns;
  raw.epochs = header.epochs;
  raw.step = header.driver.step;
  raw.loss = header.driver.loss;
  return raw;
}

FactorsHeader header_of(const Raw& raw, const apps::BinaryReader& file) {
  constexpr auto most = std::numeric_limits<Index>::max();
  const bool sound = raw.rank > 0 && raw.rank <= longest_row && raw.has_state <= 1 && raw.has_ids <= 1 &&
                     raw.rows > 0 && raw.columns > 0 && std::max(raw.rows, raw.columns) < most && raw.step > 0;
  if (!sound) file.reject_header();
  FactorsHeader header;
  header.shape = {static_cast<Index>(raw.rows), static_cast<Index>(raw.columns), raw.rank};
  header.has_state = raw.has_state == 1;
  header.has_ids = raw.has_ids == 1;
  header.epochs = raw.epochs;
  header.driver = {raw.step, raw.loss};
  return header;
}

std::uint64_t weight_bytes(const FactorsHeader& header) {
  return header.shape.num_keys() * header.shape.rank * sizeof(float);
}

std::uint64_t ids_offset(const FactorsHeader& header) {
  return sizeof(Raw) + weight_bytes(header) * (header.has_state ? 2 : 1);
}

}  // namespace

FactorsWriter::FactorsWriter(const std::string& path, const FactorsHeader& header) : file_(path) {
  const Raw raw = raw_of(header);
  file_.write(&raw, sizeof raw);
}

void FactorsWriter::finish(std::span<const std::int64_t> row_ids, std::span<const std::int64_t> column_ids) {
  file_.write(row_ids.data(), row_ids.size_bytes());
  file_.write(column_ids.data(), column_ids.size_bytes());
  file_.commit();
}

FactorsReader::FactorsReader(const std::string& path)
    : file_(path, "--write-factors"), header_(header_of(file_.header<Raw>(kind_of_file), file_)) {
  file_.check_bytes(ids_offset(header_) +
                    (header_.has_ids ? header_.shape.num_keys() * sizeof(std::int64_t) : 0));
}

void FactorsReader::read_weights(Key first, std::span<float> values) {
  file_.read(sizeof(Raw) + first * header_.shape.rank * sizeof(float), values.data(), values.size_bytes());
}

void FactorsReader::read_state(Key first, std::span<float> values) {
  file_.read(sizeof(Raw) + weight_bytes(header_) + first * header_.shape.rank * sizeof(float), values.data(),
             values.size_bytes());
}

std::vector<std::int64_t> FactorsReader::read_ids() {
  std::vector<std::int64_t> ids(header_.has_ids ? static_cast<std::size_t>(header_.shape.num_keys()) : 0);
  if (!ids.empty()) file_.read(ids_offset(header_), ids.data(), ids.size() * sizeof(std::int64_t));
  return ids;
}

void append_text_row(std::string& text, std::int64_t id, std::span<const float> weights) {
  text.append(std::to_string(id)).append(1, '\t');
  apps::append_numbers(text, weights);
  text += '\n';
}

}  // namespace adapm::mf
