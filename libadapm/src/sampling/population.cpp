#include "sampling/population.hpp"

#include <string>

#include "adapm/error.hpp"

namespace adapm::sampling {

namespace {

std::shared_ptr<const Distribution> checked(std::shared_ptr<const Distribution> distribution) {
  if (!distribution) throw UsageError("the distribution to sample from is a null pointer");
  return distribution;
}

std::string text(KeyRange range) {
  return "the keys from " + std::to_string(range.begin) + " to below " + std::to_string(range.end);
}

std::string lengths_differ(Key key, std::size_t length, std::size_t expected) {
  return "a distribution's keys must all have values of the same length, but that of key " + std::to_string(key) +
         " is " + std::to_string(length) + ", others' is " + std::to_string(expected);
}

}  // namespace

Population::Population(std::shared_ptr<const Distribution> distribution, ValueLayout layout)
    : distribution_(checked(std::move(distribution))),
      layout_(std::move(layout)),
      uniform_(layout_.is_uniform()),
      has_range_(distribution_->range().has_value()),
      bounds_(distribution_->range().value_or(KeyRange{0, layout_.num_keys()})),
      length_(find_length()) {
  if (has_range_) check_range();
}

void Population::check_range() const {
  if (uniform_) return;
  for (Key key = bounds_.begin; key < bounds_.end; ++key)
    if (layout_.length(key) != length_) throw UsageError(lengths_differ(key, layout_.length(key), length_));
}

std::size_t Population::find_length() const {
  if (bounds_.begin >= bounds_.end || bounds_.end > layout_.num_keys())
    throw UsageError("a distribution has " + text(bounds_) + " as its range; the store has " +
                     text({0, layout_.num_keys()}));
  if (uniform_ || has_range_) return layout_.length(bounds_.begin);
  Generator random({0});
  const Key key = distribution_->draw(random);
  if (!bounds_.contains(key)) reject(key);
  return layout_.length(key);
}

void Population::reject(Key key) const {
  if (bounds_.contains(key)) throw UsageError(lengths_differ(key, layout_.length(key), length_));
  throw UsageError("the distribution gave key " + std::to_string(key) + ", but " +
                   (has_range_ ? "its range is " : "the store has ") + text(bounds_));
}

}  // namespace adapm::sampling
