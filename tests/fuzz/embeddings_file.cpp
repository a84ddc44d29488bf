#include "kge/embeddings_file.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

namespace {

using namespace adapm;

/// The rows that the shape speaks of are there.
void read(const std::string& path) {
  const kge::Embeddings embeddings = kge::read_embeddings(path);
  const kge::Shape& shape = embeddings.shape;
  const std::size_t end =
      embeddings.offset(shape.relation_key(0)) + shape.num_relations * shape.relation_weights();
  if (embeddings.weights.size() != end) std::abort();
  if (!embeddings.state.empty() && embeddings.state.size() != end) std::abort();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accept_refusal([&] { read(fuzz::file_of(fuzz::as_text(data, size))); });
  return 0;
}
