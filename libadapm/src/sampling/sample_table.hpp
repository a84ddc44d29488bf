// The samples of one worker that were prepared and are not used up. Memory of those that are is used again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapm/sampling.hpp"
#include "sampling/key_set.hpp"

namespace adapm::sampling {

/// One cache line: there may be many, prepared long ago.
struct alignas(64) Sample {
  std::size_t remaining = 0;     // keys not handed out
  std::vector<Key> drawn;        // of these, those that were drawn when it was prepared
  KeySet seen;                   // scheme `local` without replacement: keys that it has
  std::uint32_t generation = 0;  // odd: in use

  Key take_drawn() {
    const Key key = drawn.back();
    drawn.pop_back();
    return key;
  }
};
static_assert(sizeof(Sample) == 64);

class SampleTable {
 public:
  /// A sample of `n` keys, none of them drawn.
  SampleId add(std::size_t n);
  /// Errors  UsageError if this worker has never prepared it.
  /// Returns null if it has ended.
  [[nodiscard]] Sample* find(SampleId id);
  /// Requires find(id) != nullptr.
  void end(SampleId id);

 private:
  // An id is a place in the table and, above it, the generation of that place.
  static constexpr unsigned place_bits = 32;
  [[nodiscard]] static std::size_t place(SampleId id) { return static_cast<std::uint32_t>(id); }
  [[nodiscard]] static std::uint32_t generation(SampleId id) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(id) >> place_bits);
  }

  std::vector<Sample> samples_;
  std::vector<std::uint32_t> free_;
};

}  // namespace adapm::sampling
