#include "matrix_factorization/dataset.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "common/program.hpp"
#include "common/team.hpp"
#include "common/threads.hpp"
#include "matrix_factorization/matrix_file.hpp"
#include "matrix_factorization/partition.hpp"

namespace adapm::mf {

namespace {

/// The cells of this rank's part of a file.
std::vector<FileCell> read_part(const apps::Ranks& ranks, const MatrixFile& file, std::size_t threads) {
  const apps::Team team{ranks.rank(), ranks.count(), threads};
  std::vector<std::vector<FileCell>> cells(threads);
  apps::run_threads(threads, [&](std::size_t i) {
    const apps::Share part = apps::share_of(file.bytes - file.begin, team.place(i));
    read_cells(file, {part.begin + file.begin, part.end + file.begin},
               [&](const FileCell& cell) { cells[i].push_back(cell); });
  });
  std::vector<FileCell> all = std::move(cells.front());
  for (std::size_t i = 1; i < threads; ++i) {
    all.insert(all.end(), cells[i].begin(), cells[i].end());
    cells[i] = {};
  }
  return all;
}

struct Part {
  MatrixFile file;
  std::vector<FileCell> cells;
};

Part load_part(apps::Ranks& ranks, const std::string& path, std::size_t threads) {
  Part part;
  ranks.agree([&] {
    part.file = open_matrix(path);
    part.cells = read_part(ranks, part.file, threads);
  });
  const std::uint64_t cells = ranks.sum(part.cells.size());
  ranks.agree([&] {
    if (part.file.form == MatrixFile::Form::matrix_market && cells != part.file.cells) {
      throw apps::InputError(path + ": its size line announces " + std::to_string(part.file.cells) +
                             " cells, but " + std::to_string(cells) + " follow");
    }
  });
  return part;
}

/// The different `member`s of all cells on all ranks, ascending.
std::vector<std::int64_t> distinct(const apps::Ranks& ranks, const Part& train, const Part* test,
                                   std::int64_t FileCell::*member) {
  const auto keep_different = [](std::vector<std::int64_t>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  };
  std::vector<std::int64_t> ids;
  for (const Part* part : {&train, test}) {
    if (part == nullptr) continue;
    for (const FileCell& cell : part->cells) ids.push_back(cell.*member);
    keep_different(ids);
  }
  ids = ranks.gather(ids);
  keep_different(ids);
  return ids;
}

Index size_of(const std::vector<std::int64_t>& ids, const char* what) {
  constexpr std::size_t most = std::numeric_limits<Index>::max() - 1;
  if (ids.size() > most)
    throw apps::InputError(std::string("there are more ") + what + " than " + std::to_string(most));
  return static_cast<Index>(ids.size());
}

void find_sizes(apps::Ranks& ranks, const Part& train, const Part* test, Dataset& data) {
  if (train.file.form == MatrixFile::Form::ratings) {
    data.row_ids = distinct(ranks, train, test, &FileCell::row);
    data.column_ids = distinct(ranks, train, test, &FileCell::column);
    ranks.agree([&] {
      data.rows = size_of(data.row_ids, "users");
      data.columns = size_of(data.column_ids, "items");
    });
    return;
  }
  data.rows = static_cast<Index>(train.file.rows);
  data.columns = static_cast<Index>(train.file.columns);
}

void check_test(const MatrixFile& train, const MatrixFile& test) {
  const auto describe = [](const MatrixFile& file) {
    return file.path +
           (file.form == MatrixFile::Form::ratings
                ? " holds ratings"
                : " is a matrix of " + std::to_string(file.rows) + " x " + std::to_string(file.columns));
  };
  if (train.form == test.form && train.rows == test.rows && train.columns == test.columns) return;
  throw apps::InputError("--test must be of the form and size of --train: " + describe(train) + ", " +
                         describe(test));
}

std::vector<Cell> numbered(std::vector<FileCell> cells, const Dataset& data) {
  const auto place = [](const std::vector<std::int64_t>& ids, std::int64_t id) {
    if (ids.empty()) return static_cast<Index>(id - 1);  // MatrixMarket
    return static_cast<Index>(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin());
  };
  std::vector<Cell> result;
  result.reserve(cells.size());
  for (const FileCell& cell : cells) {
    result.push_back({place(data.row_ids, cell.row), place(data.column_ids, cell.column), cell.value});
  }
  return result;
}

void count_cells(const apps::Ranks& ranks, const std::vector<Cell>& cells, Dataset& data) {
  data.row_cells.assign(data.rows, 0);
  data.column_cells.assign(data.columns, 0);
  for (const Cell& cell : cells) {
    ++data.row_cells[cell.row];
    ++data.column_cells[cell.column];
  }
  ranks.sum(data.row_cells);
  ranks.sum(data.column_cells);
}

/// Sends each cell to the worker whose row it is in: appends it to `member` of that.
void distribute(const apps::Ranks& ranks, std::vector<Cell> cells, const std::vector<Index>& boundaries,
                std::vector<Cell> WorkerCells::*member, Dataset& data) {
  constexpr std::size_t cells_per_exchange = std::size_t{1} << 20;  // bounds the memory for it
  const std::size_t threads = data.workers.size();
  const std::uint64_t exchanges = ranks.max((cells.size() + cells_per_exchange - 1) / cells_per_exchange);
  std::size_t sent = 0;
  for (std::uint64_t i = 0; i < exchanges; ++i) {
    std::vector<std::vector<Cell>> parts(ranks.count());
    const std::size_t end = std::min(sent + cells_per_exchange, cells.size());
    for (; sent < end; ++sent) parts[part_of(boundaries, cells[sent].row) / threads].push_back(cells[sent]);
    for (const Cell& cell : ranks.exchange(parts)) {
      (data.workers[part_of(boundaries, cell.row) % threads].*member).push_back(cell);
    }
  }
}

}  // namespace

Dataset load_dataset(apps::Ranks& ranks, const std::string& train, const std::string& test,
                     std::size_t threads) {
  Part train_part = load_part(ranks, train, threads);
  std::optional<Part> test_part;
  if (!test.empty()) {
    test_part = load_part(ranks, test, threads);
    ranks.agree([&] { check_test(train_part.file, test_part->file); });
  }
  Dataset data;
  find_sizes(ranks, train_part, test_part ? &*test_part : nullptr, data);
  std::vector<Cell> cells = numbered(std::move(train_part.cells), data);
  count_cells(ranks, cells, data);
  data.train_cells = ranks.sum(cells.size());
  ranks.agree([&] {
    if (data.train_cells == 0) throw apps::InputError(train + ": there are no cells");
  });

  const std::size_t workers = ranks.count() * threads;
  const std::vector<Index> boundaries = balanced_boundaries(data.row_cells, workers);
  data.column_boundaries = balanced_boundaries(data.column_cells, workers);
  data.workers.resize(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    data.workers[i].first_row = boundaries[ranks.rank() * threads + i];
    data.workers[i].last_row = boundaries[ranks.rank() * threads + i + 1];
  }
  distribute(ranks, std::move(cells), boundaries, &WorkerCells::train, data);
  if (test_part) {
    std::vector<Cell> tested = numbered(std::move(test_part->cells), data);
    data.test_cells = ranks.sum(tested.size());
    distribute(ranks, std::move(tested), boundaries, &WorkerCells::test, data);
  }
  return data;
}

}  // namespace adapm::mf
