// matrix_generator: makes matrices for matrix_factorization, with factors that are known.
// generated_matrix.hpp says how.
#include <charconv>
#include <cmath>
#include <iostream>
#include <limits>

#include "common/atomic_file.hpp"
#include "common/command_line.hpp"
#include "matrix_factorization/factors_file.hpp"
#include "matrix_factorization/generated_matrix.hpp"

namespace {

using namespace adapm;

struct GeneratorOptions {
  std::int64_t rows = 2000;
  std::int64_t columns = 1000;
  std::int64_t cells = 500000;
  std::int64_t rank = 8;
  std::int64_t seed = 1;
  double noise = 0.1;
  double zipf = 0;
  double test_share = 0.1;
  std::string output;
  bool write_factors = false;
};

bool parse(GeneratorOptions& o, int argc, char** argv) {
  constexpr std::int64_t most_indices = std::numeric_limits<mf::Index>::max() - 1;
  apps::CommandLine line("matrix_generator", "makes a sparse matrix with known factors");
  line.group("Options")
      .add("rows", "rows of the matrix", o.rows, {1, most_indices})
      .add("cols", "columns of the matrix", o.columns, {1, most_indices})
      .add("cells", "cells that are observed, for training and test together", o.cells, {1})
      .add("rank", "of the factors", o.rank, {1, 1 << 16})
      .add("noise", "standard deviation of what is added to the product of the factors, whose own is 1",
           o.noise, {0})
      .add("zipf", "exponent of the popularity of rows and of columns; 0: all alike", o.zipf, {0, 10})
      .add("seed", "of everything random", o.seed, {0})
      .add("test-share", "share of the cells held out for the test", o.test_share, {0, 0.9})
      .add("output", "writes PREFIX.train.mtx and PREFIX.test.mtx, MatrixMarket; required", o.output,
           "PREFIX")
      .add("write-factors", "also write the factors to PREFIX.factors.bin, a file for --init-from",
           o.write_factors);
  if (!line.parse(argc, argv)) return false;
  if (o.output.empty()) throw apps::CommandLineError("--output PREFIX is required; --help lists all options");
  if (static_cast<double>(o.cells) > static_cast<double>(o.rows) * static_cast<double>(o.columns)) {
    throw apps::CommandLineError("--cells must be at most --rows times --cols, not " +
                                 std::to_string(o.cells));
  }
  return true;
}

/// A MatrixMarket file under construction.
class MatrixWriter {
 public:
  MatrixWriter(const std::string& path, const mf::GeneratedMatrix& matrix, std::uint64_t cells)
      : file_(path) {
    file_.write("%%MatrixMarket matrix coordinate real general\n");
    file_.write("% made by matrix_generator, seed " + std::to_string(matrix.seed) + "\n");
    file_.write(std::to_string(matrix.shape.rows) + ' ' + std::to_string(matrix.shape.columns) + ' ' +
                std::to_string(cells) + '\n');
  }

  void add(const mf::Cell& cell) {
    char line[64];
    char* end = std::to_chars(line, line + 12, cell.row + std::uint64_t{1}).ptr;
    *end++ = ' ';
    end = std::to_chars(end, end + 12, cell.column + std::uint64_t{1}).ptr;
    *end++ = ' ';
    end = std::to_chars(end, end + 24, cell.value).ptr;
    *end++ = '\n';
    file_.write(line, static_cast<std::size_t>(end - line));
  }

  void commit() { file_.commit(); }

 private:
  apps::AtomicFile file_;
};

void write_factors(const mf::GeneratedMatrix& matrix, const std::string& path) {
  mf::FactorsHeader header;
  header.shape = matrix.shape;
  mf::FactorsWriter file(path, header);
  std::vector<float> weights(matrix.shape.rank);
  for (Key key = 0; key < matrix.shape.num_keys(); ++key) {
    mf::generated_factor(matrix, key, weights);
    file.add(weights);
  }
  file.finish({}, {});
}

int run(const GeneratorOptions& o) {
  mf::GeneratedMatrix matrix;
  matrix.shape = {static_cast<mf::Index>(o.rows), static_cast<mf::Index>(o.columns),
                  static_cast<std::size_t>(o.rank)};
  matrix.cells = static_cast<std::uint64_t>(o.cells);
  matrix.noise = o.noise;
  matrix.zipf = o.zipf;
  matrix.seed = static_cast<std::uint64_t>(o.seed);
  auto test_left = static_cast<std::uint64_t>(std::llround(static_cast<double>(matrix.cells) * o.test_share));
  std::uint64_t left = matrix.cells;
  MatrixWriter train(o.output + ".train.mtx", matrix, left - test_left);
  MatrixWriter test(o.output + ".test.mtx", matrix, test_left);
  std::cout << matrix.cells - test_left << " cells to train on, " << test_left << " to test" << std::endl;

  apps::Random random({matrix.seed, 6});
  mf::generate_cells(matrix, [&](const mf::Cell& cell) {
    // Each choice of this many test cells among all is equally likely.
    const bool held_out = random.uniform() * static_cast<double>(left--) < static_cast<double>(test_left);
    if (held_out) --test_left;
    (held_out ? test : train).add(cell);
  });
  train.commit();
  test.commit();
  if (o.write_factors) write_factors(matrix, o.output + ".factors.bin");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_program("matrix_generator", [&] {
    GeneratorOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
