#include "kge/embeddings_file.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "common/atomic_file.hpp"
#include "common/binary_file.hpp"
#include "common/text.hpp"

namespace adapm::kge {

namespace {

constexpr std::string_view kind_of_file = "ADAPMKGE";

/// So that sizes in bytes can be computed of any header.
constexpr std::uint64_t longest_row = std::uint64_t{1} << 24U;

struct Header {
  apps::FileMark mark;
  std::uint32_t model;
  std::uint32_t dim;
  std::uint32_t has_state;
  std::uint64_t entities;
  std::uint64_t relations;
  std::uint64_t relation_weights;
};
static_assert(sizeof(Header) == 48);

Header header_of(const Embeddings& embeddings) {
  const Shape& shape = embeddings.shape;
  Header header{};
  header.mark = apps::FileMark(kind_of_file);
  header.model = shape.kind == ModelKind::complex ? 1 : 2;
  header.dim = static_cast<std::uint32_t>(shape.dim);
  header.has_state = embeddings.state.empty() ? 0 : 1;
  header.entities = shape.num_entities;
  header.relations = shape.num_relations;
  header.relation_weights = shape.relation_weights();
  return header;
}

Shape shape_of(const Header& header, const apps::BinaryReader& file) {
  const Shape shape{header.model == 1 ? ModelKind::complex : ModelKind::rescal, header.dim,
                    static_cast<Id>(header.entities), static_cast<Id>(header.relations)};
  const bool fits = std::max(header.entities, header.relations) <= std::numeric_limits<Id>::max() &&
                    std::max<std::uint64_t>(header.dim, header.relation_weights) <= longest_row;
  const bool sound = (header.model == 1 || header.model == 2) && header.dim > 0 && fits &&
                     header.has_state <= 1 && header.relation_weights == shape.relation_weights();
  if (!sound) file.reject_header();
  return shape;
}

void write_rows(const std::string& path, const float* rows, std::size_t count, std::size_t length,
                const std::vector<std::string>& names) {
  apps::AtomicFile file(path);
  std::string line;
  for (std::size_t i = 0; i < count; ++i) {
    line = (names.empty() ? std::to_string(i) : names[i]) + '\t';
    apps::append_numbers(line, {rows + i * length, length});
    file.write(line += '\n');
  }
  file.commit();
}

}  // namespace

std::size_t Embeddings::offset(Key key) const {
  const Key entities = shape.num_entities;
  if (key < entities) return static_cast<std::size_t>(key) * shape.dim;
  return static_cast<std::size_t>(entities) * shape.dim +
         static_cast<std::size_t>(key - entities) * shape.relation_weights();
}

std::size_t Embeddings::total_weights(const Shape& shape) {
  return std::size_t{shape.num_entities} * shape.dim +
         std::size_t{shape.num_relations} * shape.relation_weights();
}

void write_embeddings(const std::string& path, const Embeddings& embeddings) {
  apps::AtomicFile file(path);
  const Header header = header_of(embeddings);
  file.write(&header, sizeof header);
  file.write(embeddings.weights.data(), embeddings.weights.size() * sizeof(float));
  file.write(embeddings.state.data(), embeddings.state.size() * sizeof(float));
  file.commit();
}

Embeddings read_embeddings(const std::string& path) {
  apps::BinaryReader file(path, "--write-embeddings");
  const auto header = file.header<Header>(kind_of_file);
  Embeddings embeddings;
  embeddings.shape = shape_of(header, file);
  const std::size_t total = Embeddings::total_weights(embeddings.shape);
  const std::uint64_t bytes = std::uint64_t{total} * sizeof(float);
  file.check_bytes(sizeof header + bytes * (1 + header.has_state));
  const auto read = [&](std::uint64_t offset, std::vector<float>& values) {
    values.resize(total);
    file.read(offset, values.data(), bytes);
  };
  read(sizeof header, embeddings.weights);
  if (header.has_state == 1) read(sizeof header + bytes, embeddings.state);
  return embeddings;
}

void write_embeddings_text(const std::string& prefix, const Embeddings& embeddings,
                           const std::vector<std::string>& entity_names,
                           const std::vector<std::string>& relation_names) {
  const Shape& shape = embeddings.shape;
  write_rows(prefix + ".entities.txt", embeddings.weights.data(), shape.num_entities, shape.dim,
             entity_names);
  write_rows(prefix + ".relations.txt", embeddings.weights.data() + embeddings.offset(shape.relation_key(0)),
             shape.num_relations, shape.relation_weights(), relation_names);
}

}  // namespace adapm::kge
