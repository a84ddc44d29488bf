// Texts of all ranks, put together by a store's reduction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapm/store.hpp"

namespace adapm::apps {

/// Every rank's `mine`, by rank; equal on all ranks.
/// Collective  yes, one thread per rank at a time.   Blocks  yes.
template <ValueElement V>
std::vector<std::string> gather(Store<V>& store, std::string_view mine) {
  constexpr std::size_t bytes_per_number = 6;  // a double holds whole numbers up to 2^53
  std::vector<double> sizes(static_cast<std::size_t>(store.num_ranks()));
  const auto rank = static_cast<std::size_t>(store.rank());
  sizes[rank] = static_cast<double>(mine.size());
  store.allreduce(sizes);
  const auto numbers_of = [&](std::size_t r) {
    return (static_cast<std::size_t>(sizes[r]) + bytes_per_number - 1) / bytes_per_number;
  };
  std::vector<std::size_t> begin(sizes.size() + 1);
  for (std::size_t r = 0; r < sizes.size(); ++r) begin[r + 1] = begin[r] + numbers_of(r);

  // Each rank fills its own part of an array that is zero elsewhere; the sum is all parts.
  std::vector<double> numbers(begin.back());
  for (std::size_t i = 0; i < mine.size(); i += bytes_per_number) {
    std::uint64_t number = 0;
    const std::string_view part = mine.substr(i, bytes_per_number);
    for (std::size_t j = 0; j < part.size(); ++j) {
      number |= std::uint64_t{static_cast<unsigned char>(part[j])} << (8 * j);
    }
    numbers[begin[rank] + i / bytes_per_number] = static_cast<double>(number);
  }
  store.allreduce(numbers);

  std::vector<std::string> all(sizes.size());
  for (std::size_t r = 0; r < all.size(); ++r) {
    all[r].resize(static_cast<std::size_t>(sizes[r]));
    for (std::size_t i = 0; i < all[r].size(); ++i) {
      const auto number = static_cast<std::uint64_t>(numbers[begin[r] + i / bytes_per_number]);
      all[r][i] = static_cast<char>((number >> (8 * (i % bytes_per_number))) & 0xff);
    }
  }
  return all;
}

}  // namespace adapm::apps
