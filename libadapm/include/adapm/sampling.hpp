/// @file
/// Sampling: the keys of a sample are drawn by the library, from a distribution of the program's. Where the program
/// does not care which keys it gets, only how they are distributed (negative sampling), that leaves the library room
/// to choose keys that are near. Which scheme chooses is an option, see docs/sampling.md.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "adapm/types.hpp"

namespace adapm {

/// Names one prepared sample of one worker. A plain value, like a ticket.
enum class SampleId : std::uint64_t {};

/// The keys begin <= key < end.
struct KeyRange {
  Key begin = 0;  ///< the first
  Key end = 0;    ///< behind the last
  /// How many there are.
  [[nodiscard]] constexpr Key size() const { return end - begin; }
  /// Whether `key` is one of them.
  [[nodiscard]] constexpr bool contains(Key key) const { return begin <= key && key < end; }
  /// Ranges with equal ends.
  friend constexpr bool operator==(KeyRange, KeyRange) = default;
};

/// A source of random bits (the xoshiro256++ generator of Blackman and Vigna), fit for the distributions of the header
/// `random` too. The library has one for each worker, named by --sys.sampling.seed, the rank, the worker's number on its rank and
/// the checkpoint that was loaded before it first sampled. Not thread-safe.
class Generator {
 public:
  /// What it generates.
  using result_type = std::uint64_t;

  /// The stream named by `words`, the same on every machine.
  explicit Generator(std::initializer_list<std::uint64_t> words) {
    std::uint64_t hash = 0;
    for (const std::uint64_t word : words) hash = mix(hash ^ word);
    for (std::uint64_t& part : state_) part = hash = mix(hash);
  }

  /// All there is to a generator, to be saved.
  using State = std::array<std::uint64_t, 4>;
  /// The generator that goes on from what state() of another returned.
  [[nodiscard]] static Generator from(const State& state) {
    Generator generator({0U});
    generator.state_ = state;
    return generator;
  }
  /// For from().
  [[nodiscard]] const State& state() const { return state_; }

  /// The least result.
  static constexpr result_type min() { return 0; }
  /// The greatest result.
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  /// 64 random bits.
  result_type operator()() {
    const std::uint64_t result = rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound); exactly so (Lemire 2019). Requires bound > 0.
  template <std::unsigned_integral Number>
  Number below(Number bound) {
    const auto range = static_cast<std::uint64_t>(bound);
    Product product = Product{(*this)()} * range;
    if (low(product) < range) {
      const std::uint64_t threshold = (0 - range) % range;
      while (low(product) < threshold) product = Product{(*this)()} * range;
    }
    return static_cast<Number>(product >> 64U);
  }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

 private:
  __extension__ using Product = unsigned __int128;

  static constexpr std::uint64_t low(Product product) { return static_cast<std::uint64_t>(product); }
  static constexpr std::uint64_t rotate(std::uint64_t x, unsigned by) { return (x << by) | (x >> (64U - by)); }
  static constexpr std::uint64_t mix(std::uint64_t x) {  // splitmix64
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
  }

  State state_{};
};

/// What samples are drawn from. The values of all keys that it can give must have the same length.
class Distribution {
 public:
  virtual ~Distribution() = default;

  /// One key, independent of those before.   Threads  called by all workers of the rank at the same time.
  virtual Key draw(Generator& random) const = 0;

  /// If given: every key of the range can be drawn, and no other. Then the scheme `local` looks for a near key in the
  /// neighbourhood of one that it has drawn, instead of drawing again.
  [[nodiscard]] virtual std::optional<KeyRange> range() const { return std::nullopt; }
};

/// All keys of [begin, end) alike.
class UniformDistribution final : public Distribution {
 public:
  /// Errors  UsageError if there is no key in the range.
  UniformDistribution(Key begin, Key end);
  Key draw(Generator& random) const override;
  [[nodiscard]] std::optional<KeyRange> range() const override { return range_; }

 private:
  const KeyRange range_;
};

/// Key begin + k with a probability in proportion to log(1 + 1 / (1 + k)): near Zipf's law. For keys that are ordered
/// by falling frequency.
class LogUniformDistribution final : public Distribution {
 public:
  /// Errors  UsageError if there is no key in the range.
  LogUniformDistribution(Key begin, Key end);
  Key draw(Generator& random) const override;
  [[nodiscard]] std::optional<KeyRange> range() const override { return range_; }

 private:
  const KeyRange range_;
  const double log_size_;
};

/// Key first + stride * i with a probability in proportion to weights[i], but for at most 2^-32 of the mean weight. A
/// draw looks at one place of a table of 8 bytes a weight (the alias method of Walker, built as by Vose). Has no range:
/// neighbours may weigh quite differently.
class AliasDistribution final : public Distribution {
 public:
  /// Errors  UsageError if a weight is negative or not finite, all are 0, there are 2^32 or more, or the stride is 0.
  explicit AliasDistribution(std::span<const double> weights, Key first = 0, Key stride = 1);
  Key draw(Generator& random) const override;

 private:
  struct Place {
    std::uint32_t share;  // of the place that is its own weight's, in units of 2^-32
    std::uint32_t other;  // the weight that has the rest
  };

  std::vector<Place> places_;
  const Key first_;
  const Key stride_;
};

}  // namespace adapm
