// Read as a whole, and in two ranges that meet anywhere: the cells are the same.
#include "matrix_factorization/matrix_file.hpp"

#include <cstdlib>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

using namespace adapm;

std::vector<mf::FileCell> cells_of(const mf::MatrixFile& file, std::size_t begin, std::size_t end) {
  std::vector<mf::FileCell> cells;
  mf::read_cells(file, {begin, end}, [&](const mf::FileCell& cell) { cells.push_back(cell); });
  return cells;
}

void read(const std::string& path, std::size_t cut) {
  const mf::MatrixFile file = mf::open_matrix(path);
  const auto whole = cells_of(file, 0, file.bytes);
  auto parts = cells_of(file, 0, cut);
  const auto second = cells_of(file, cut, file.bytes);
  parts.insert(parts.end(), second.begin(), second.end());
  if (parts.size() != whole.size()) std::abort();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t cut = data[0] % size;
  fuzz::accept_refusal([&] { read(fuzz::file_of(fuzz::as_text(data + 1, size - 1)), cut); });
  return 0;
}
