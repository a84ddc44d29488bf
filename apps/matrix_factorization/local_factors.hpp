// A copy of consecutive factors that nobody else uses meanwhile: pulled in few calls, trained on in place,
// and brought back with pushes of what has changed.
#pragma once

#include <cstddef>
#include <vector>

#include "adapm/worker.hpp"
#include "matrix_factorization/cell.hpp"

namespace adapm::mf {

/// Calls `visit(keys, offset)` for the keys [first, last) in bounded portions; `offset` counts floats of
/// values of `length` before them.
template <class Visit>
void for_each_portion(Key first, Key last, std::size_t length, Visit visit) {
  constexpr std::size_t floats = std::size_t{1} << 18;
  const Key most = floats / length + 1;
  std::vector<Key> keys;
  for (Key begin = first; begin < last; begin += keys.size()) {
    keys.resize(static_cast<std::size_t>(last - begin < most ? last - begin : most));
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = begin + i;
    visit(KeySpan(keys), static_cast<std::size_t>(begin - first) * length);
  }
}

/// Belongs to the worker's thread; must not outlive the worker.
class LocalFactors {
 public:
  LocalFactors(Worker<float>& worker, std::size_t value_length) : worker_(worker), length_(value_length) {}

  /// Copies the values of the keys [first, last).   Blocks  yes.
  void load(Key first, Key last);
  /// The values, back to back.
  [[nodiscard]] float* values() { return values_.data(); }
  /// Adds to the store what the copy differs by from it. Requires that nobody else has pushed to these keys
  /// since `load`.   Blocks  until the pushes are done.
  void write_back();

 private:
  Worker<float>& worker_;
  const std::size_t length_;
  Key first_ = 0;
  Key last_ = 0;
  std::vector<float> values_;
  std::vector<float> updates_;
};

}  // namespace adapm::mf
