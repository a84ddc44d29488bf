#include "matrix_factorization/factors_file.hpp"

#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

using namespace adapm;

void read(const std::string& path) {
  mf::FactorsReader reader(path);
  const mf::Shape& shape = reader.header().shape;
  std::vector<float> row(shape.rank);
  const std::uint64_t keys = shape.rows + shape.columns;
  for (Key key = 0; key < keys; ++key) {
    reader.read_weights(key, row);
    if (reader.header().has_state) reader.read_state(key, row);
  }
  [[maybe_unused]] const auto ids = reader.read_ids();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accept_refusal([&] { read(fuzz::file_of(fuzz::as_text(data, size))); });
  return 0;
}
