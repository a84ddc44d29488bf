#include "matrix_factorization/factors_file.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>

#include "common/program.hpp"

namespace adapm::mf {

namespace {

static_assert(std::endian::native == std::endian::little, "the file format is little-endian");

constexpr std::string_view magic = "ADAPMMTF";

struct Raw {
  char magic[8];
  std::uint32_t version;
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
  std::memcpy(raw.magic, magic.data(), magic.size());
  raw.version = 1;
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

FactorsHeader header_of(const Raw& raw, const std::string& path) {
  if (std::string_view(raw.magic, sizeof raw.magic) != magic) {
    throw apps::InputError(path + " is not a file of --write-factors");
  }
  constexpr auto most = std::numeric_limits<Index>::max();
  const bool sound = raw.version == 1 && raw.rank > 0 && raw.has_state <= 1 && raw.has_ids <= 1 &&
                     raw.rows > 0 && raw.columns > 0 && std::max(raw.rows, raw.columns) < most &&
                     raw.step > 0;
  if (!sound)
    throw apps::InputError(path +
                           " has a header that this version of matrix_factorization does not understand");
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
    : path_(path), file_(path, std::ios::binary | std::ios::ate) {
  if (!file_) throw apps::InputError("cannot open " + path + ": " + std::strerror(errno));
  const auto bytes = static_cast<std::uint64_t>(std::max<std::streamoff>(file_.tellg(), 0));
  if (bytes < sizeof(Raw)) throw apps::InputError(path + " is too short to be a file of --write-factors");
  Raw raw{};
  read(0, &raw, sizeof raw);
  header_ = header_of(raw, path);
  const std::uint64_t expected =
      ids_offset(header_) + (header_.has_ids ? header_.shape.num_keys() * sizeof(std::int64_t) : 0);
  if (bytes != expected) {
    throw apps::InputError(path + " has " + std::to_string(bytes) + " bytes; its header calls for " +
                           std::to_string(expected));
  }
}

void FactorsReader::read(std::uint64_t offset, void* data, std::size_t bytes) {
  file_.seekg(static_cast<std::streamoff>(offset));
  file_.read(static_cast<char*>(data), static_cast<std::streamsize>(bytes));
  if (!file_) throw apps::InputError("cannot read " + path_ + ": " + std::strerror(errno));
}

void FactorsReader::read_weights(Key first, std::span<float> values) {
  read(sizeof(Raw) + first * header_.shape.rank * sizeof(float), values.data(), values.size_bytes());
}

void FactorsReader::read_state(Key first, std::span<float> values) {
  read(sizeof(Raw) + weight_bytes(header_) + first * header_.shape.rank * sizeof(float), values.data(),
       values.size_bytes());
}

std::vector<std::int64_t> FactorsReader::read_ids() {
  std::vector<std::int64_t> ids(header_.has_ids ? static_cast<std::size_t>(header_.shape.num_keys()) : 0);
  if (!ids.empty()) read(ids_offset(header_), ids.data(), ids.size() * sizeof(std::int64_t));
  return ids;
}

void append_text_row(std::string& text, std::int64_t id, std::span<const float> weights) {
  text += std::to_string(id);
  char separator = '\t';
  for (const float weight : weights) {
    char digits[32];
    text += separator;
    text.append(digits, std::to_chars(digits, digits + sizeof digits, weight).ptr);
    separator = ' ';
  }
  text += '\n';
}

}  // namespace adapm::mf
