// Trained factors on disk, written and read a part at a time: a model need not fit into one rank's memory.
//
// Binary form, little-endian: a header of 64 bytes, then rows of float32 without gaps.
//
//   offset  type        content
//   0       char[8]     "ADAPMMTF"
//   8       uint32      version of this format: 1
//   12      uint32      rank: weights per row and column
//   16      uint32      1 if AdaGrad's state follows the weights, else 0
//   20      uint32      1 if ids follow, else 0
//   24      uint64      number of rows
//   32      uint64      number of columns
//   40      uint64      epochs trained
//   48      float64     the step that the next epoch would have taken
//   56      float64     the training loss after the last epoch; infinity if there was none
//   64      float32[]   weights of the rows, then of the columns, by index; if there is state, the sums of
//                       squared gradients in the same order; then, if there are ids (of ratings), int64[]:
//                       those of the rows, then those of the columns
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/atomic_file.hpp"
#include "common/binary_file.hpp"
#include "matrix_factorization/bold_driver.hpp"
#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

struct FactorsHeader {
  Shape shape;
  bool has_state = false;
  bool has_ids = false;
  std::uint64_t epochs = 0;
  BoldDriver driver;
};

/// Not thread-safe. Errors  std::runtime_error naming the file; it appears under its name when complete.
class FactorsWriter {
 public:
  FactorsWriter(const std::string& path, const FactorsHeader& header);
  /// The weights by key, then the state if there is any, in any portions.
  void add(std::span<const float> values) { file_.write(values.data(), values.size_bytes()); }
  /// The ids if there are any, then the end.
  void finish(std::span<const std::int64_t> row_ids, std::span<const std::int64_t> column_ids);

 private:
  apps::AtomicFile file_;
};

/// Not thread-safe. Errors  apps::InputError naming the file and what is wrong with it.
class FactorsReader {
 public:
  explicit FactorsReader(const std::string& path);

  [[nodiscard]] const FactorsHeader& header() const { return header_; }
  /// The weights of the keys from `first` on.
  void read_weights(Key first, std::span<float> values);
  /// The same for the state; requires that there is any.
  void read_state(Key first, std::span<float> values);
  /// Of rows, then of columns; empty if there are none.
  [[nodiscard]] std::vector<std::int64_t> read_ids();

 private:
  apps::BinaryReader file_;
  const FactorsHeader header_;
};

/// "id<TAB>weight weight ...", with the shortest digits that read back as the same floats; appended to
/// `text`.
void append_text_row(std::string& text, std::int64_t id, std::span<const float> weights);

}  // namespace adapm::mf
