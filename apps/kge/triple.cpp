#include "kge/triple.hpp"

#include <utility>
#include <vector>

namespace adapm::kge {

ValueLayout Shape::layout() const {
  if (relation_weights() == dim) return ValueLayout::uniform(num_keys(), 2 * dim);
  std::vector<std::uint32_t> lengths(static_cast<std::size_t>(num_keys()),
                                     static_cast<std::uint32_t>(2 * dim));
  for (Id r = 0; r < num_relations; ++r) {
    lengths[static_cast<std::size_t>(relation_key(r))] = static_cast<std::uint32_t>(2 * relation_weights());
  }
  return ValueLayout::per_key(std::move(lengths));
}

}  // namespace adapm::kge
