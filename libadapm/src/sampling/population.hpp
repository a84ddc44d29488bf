// What a store samples from: a program's distribution, and which keys it may give. Immutable; shared by the workers.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "adapm/sampling.hpp"
#include "adapm/value_layout.hpp"

namespace adapm::sampling {

class Population {
 public:
  /// With value lengths per key, every key of the distribution's range is looked at; without a range, one key is
  /// drawn for the length.
  /// Errors  UsageError if there is no distribution, its range is not one of the store's, or lengths differ.
  Population(std::shared_ptr<const Distribution> distribution, ValueLayout layout);

  /// Errors  UsageError if the distribution gives a key that it may not give.
  Key draw(Generator& random) const {
    const Key key = distribution_->draw(random);
    if (!bounds_.contains(key) || (!uniform_ && layout_.length(key) != length_)) reject(key);
    return key;
  }

  /// The distribution's range, if it has one.
  [[nodiscard]] std::optional<KeyRange> range() const {
    return has_range_ ? std::optional<KeyRange>(bounds_) : std::nullopt;
  }
  /// The keys that can be drawn are among these.
  [[nodiscard]] KeyRange bounds() const { return bounds_; }
  /// Elements of each key's value.
  [[nodiscard]] std::size_t length() const { return length_; }

 private:
  void check_range() const;
  [[nodiscard]] std::size_t find_length() const;
  [[noreturn]] void reject(Key key) const;

  const std::shared_ptr<const Distribution> distribution_;
  const ValueLayout layout_;
  const bool uniform_;
  const bool has_range_;
  const KeyRange bounds_;
  const std::size_t length_;
};

}  // namespace adapm::sampling
