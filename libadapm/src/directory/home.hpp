// The rank that keeps a key's whereabouts, and its first owner: its home. Keys are dealt out to the ranks in turn.
#pragma once

#include <cstdint>

namespace adapm::directory {

constexpr int home_of(std::uint64_t key, int num_ranks) {
  return static_cast<int>(key % static_cast<std::uint64_t>(num_ranks));
}

/// The same without division, for loops over keys, and which of its home's keys it is: by the reciprocal of the number
/// of ranks, rounded up in 64 binary places, which is exact below max_keys for up to 2^19 ranks (Granlund and
/// Montgomery: Division by invariant integers using multiplication, 1994).
class Homes {
 public:
  static constexpr std::uint64_t max_keys = std::uint64_t{1} << 45U;

  explicit constexpr Homes(int num_ranks)
      : num_ranks_(static_cast<std::uint64_t>(num_ranks)), reciprocal_(~std::uint64_t{0} / num_ranks_ + 1) {}

  [[nodiscard]] constexpr bool one_rank() const { return num_ranks_ == 1; }
  struct Home {
    int rank;
    std::uint64_t index;  // so many of the rank's keys come before
  };
  [[nodiscard]] constexpr Home operator()(std::uint64_t key) const {
    if (one_rank()) return {0, key};  // whose reciprocal has no room in 64 bits
    const auto index = static_cast<std::uint64_t>((static_cast<Wide>(key) * reciprocal_) >> 64U);
    return {static_cast<int>(key - index * num_ranks_), index};
  }

 private:
  __extension__ using Wide = unsigned __int128;

  std::uint64_t num_ranks_;
  std::uint64_t reciprocal_;
};

}  // namespace adapm::directory
