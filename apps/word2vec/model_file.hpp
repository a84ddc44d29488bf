// Trained models on disk.
//
// The vectors are written in the formats of the original word2vec program, which most tools read:
//
//   binary  "V dim\n", then for each word "word ", its dim weights as float32 little-endian, "\n"
//   text    "V dim\n", then for each word "word weight ... weight\n"
//
// They are the input vectors alone. What training goes on from is in a second file, FILE.state,
// little-endian:
//
//   offset  type        content
//   0       char[8]     "ADAPMW2V"
//   8       uint32      version of this format: 1
//   12      uint32      dim
//   16      uint64      V
//   24      uint64      1 if AdaGrad's sums follow, else 0
//   32      float32[]   for each word, in the order of FILE: output weights; with sums: the sums of the input
//                       and of the output weights
//   end-8   uint64      checksum of the words and weights of FILE (FNV-1a)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/atomic_file.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

enum class ModelFormat { binary, text };

/// Tells words and weights from others.
class Checksum {
 public:
  void add(std::string_view bytes);
  void add(std::span<const float> weights);
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

/// Writes a model word by word; the files appear with `commit`.
/// Errors  std::runtime_error naming the file and the reason.
class ModelWriter {
 public:
  /// `state`: also write FILE.state.
  ModelWriter(const std::string& path, const Shape& shape, ModelFormat format, bool state);

  /// The next word, with its values as in the store.
  void add(const std::string& word, std::span<const float> input_value, std::span<const float> output_value);
  void commit();

 private:
  void add_text(const std::string& word, std::span<const float> weights);

  const Shape shape_;
  const ModelFormat format_;
  apps::AtomicFile file_;
  std::optional<apps::AtomicFile> state_;
  Checksum checksum_;
  std::string line_;
};

/// A model in memory: row-major, by the order in the file.
struct TrainedModel {
  std::size_t dim = 0;
  std::vector<std::string> words;
  std::vector<float> inputs;
  std::vector<float> outputs;      ///< empty without state
  std::vector<float> input_sums;   ///< empty without AdaGrad's sums
  std::vector<float> output_sums;  ///< likewise
};

/// Reads either format, and FILE.state if it exists.
/// Errors  apps::InputError naming the file and what is wrong with it.
TrainedModel read_model(const std::string& path);

}  // namespace adapm::word2vec
