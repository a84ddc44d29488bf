// The matrix in memory, divided among the workers of all ranks by rows: each rank reads its part of the files
// and sends the cells to the ranks whose rows they are in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ranks.hpp"
#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

/// What one worker trains and is tested on: all cells of its rows.
struct WorkerCells {
  Index first_row = 0;
  Index last_row = 0;  ///< one behind
  std::vector<Cell> train;
  std::vector<Cell> test;

  [[nodiscard]] Index rows() const { return last_row - first_row; }
};

struct Dataset {
  Index rows = 0;
  Index columns = 0;
  std::uint64_t train_cells = 0;  ///< on all ranks
  std::uint64_t test_cells = 0;
  std::vector<std::uint32_t> row_cells;     ///< training cells by row, on all ranks
  std::vector<std::uint32_t> column_cells;  ///< likewise by column
  std::vector<Index> column_boundaries;     ///< of as many blocks as there are workers on all ranks
  std::vector<WorkerCells> workers;         ///< this rank's
  /// Ratings only: the users' and items' numbers in the files, ascending; row i is user row_ids[i].
  std::vector<std::int64_t> row_ids;
  std::vector<std::int64_t> column_ids;
};

/// Reads the training file and, unless `test` is empty, the test file, with `threads` threads per rank.
///
/// Collective  yes; no store may be open.
/// Errors      apps::InputError on every rank, naming the file and, if there is one, the line.
Dataset load_dataset(apps::Ranks& ranks, const std::string& train, const std::string& test,
                     std::size_t threads);

}  // namespace adapm::mf
