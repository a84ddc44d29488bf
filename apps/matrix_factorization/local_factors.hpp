// A copy of consecutive factors that nobody else uses meanwhile: pulled in few calls, trained on in place,
// and brought back with pushes of what has changed.
#pragma once

#include <cstddef>
#include <vector>

#include "adapm/worker.hpp"
#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

/// Belongs to the worker's thread; must not outlive the worker.
class LocalFactors {
 public:
  LocalFactors(Worker<float>& worker, std::size_t value_length) : worker_(worker), length_(value_length) {}

  /// Copies the values of `keys`.   Blocks  yes.
  void load(KeyRange keys);
  /// The values, back to back.
  [[nodiscard]] float* values() { return values_.data(); }
  /// Adds to the store what the copy differs by from it. Requires that nobody else has pushed to these keys
  /// since `load`.   Blocks  until the pushes are done.
  void write_back();

 private:
  /// Where the values of keys from `key` on are.
  [[nodiscard]] std::size_t offset(Key key) const {
    return static_cast<std::size_t>(key - keys_.begin) * length_;
  }

  Worker<float>& worker_;
  const std::size_t length_;
  KeyRange keys_;
  std::vector<float> values_;
  std::vector<float> updates_;
};

}  // namespace adapm::mf
