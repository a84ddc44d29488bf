#include "sampling/draws.hpp"

#include <string>

#include "adapm/error.hpp"

namespace adapm::sampling {

void Draws::check_size(std::size_t n) const {
  const Key keys = population_->bounds().size();
  if (with_replacement_ || n <= keys) return;
  throw UsageError("a sample of " + std::to_string(n) + " different keys was asked for, but there are only " +
                   std::to_string(keys) + " to draw from");
}

void Draws::draw_list(std::size_t n, std::vector<Key>& keys) {
  keys.resize(n);
  if (with_replacement_) {
    for (Key& key : keys) key = draw();
  } else {
    seen_.reset(n);
    for (Key& key : keys) key = draw_new(seen_);
  }
}

Key Draws::draw_new(KeySet& seen) {
  Key key = 0;
  for (std::size_t i = 0; i < max_draws_for_new; ++i) {
    key = draw();
    if (seen.insert(key)) return key;
  }
  if (!population_->range())
    throw UsageError("of " + std::to_string(max_draws_for_new) +
                     " keys drawn in a row none was new to the sample: it is to have more different keys than the "
                     "distribution gives, or gives with any likelihood");
  const KeyRange range = *population_->range();
  do {
    if (++key == range.end) key = range.begin;
  } while (!seen.insert(key));
  return key;
}

}  // namespace adapm::sampling
