// Matrices on disk, in one of two forms that are told apart by their first bytes:
//
//   MatrixMarket   "%%MatrixMarket matrix coordinate real|integer general", comments "%...", a line "rows
//                  columns cells", then a line "row column value" per cell, 1-based
//   ratings        a line "user item rating" per cell, separated by blanks, tabs, commas or colons; users and
//                  items are any whole numbers; what follows, a time stamp mostly, is ignored; a first line
//                  that begins with a letter is a heading
//
// Blank lines, and in ratings lines that begin with # or %, are skipped. A file is read in byte ranges, by as
// many threads and ranks as there are: a range has the lines that begin in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/team.hpp"

namespace adapm::mf {

/// A cell as the file has it.
struct FileCell {
  std::int64_t row = 0;
  std::int64_t column = 0;
  float value = 0;
  friend bool operator==(const FileCell&, const FileCell&) = default;
};

struct MatrixFile {
  enum class Form { matrix_market, ratings };

  std::string path;
  Form form = Form::ratings;
  std::uint64_t rows = 0;  ///< MatrixMarket only, as are columns and cells
  std::uint64_t columns = 0;
  std::uint64_t cells = 0;
  std::size_t begin = 0;  ///< where the lines of cells begin
  std::size_t bytes = 0;  ///< size of the file
};

/// Reads what comes before the cells.
/// Errors  apps::InputError naming the file and, if there is one, the line.
MatrixFile open_matrix(const std::string& path);

/// Calls `take` for the cells of all lines that begin in `range`, byte positions of the file, in order. Any
/// number of threads may read ranges at a time. Errors  apps::InputError naming the file and the line.
void read_cells(const MatrixFile& file, apps::Share range, const std::function<void(const FileCell&)>& take);

}  // namespace adapm::mf
