#include "adapm/value_layout.hpp"

#include <algorithm>
#include <string>

#include "adapm/error.hpp"

namespace adapm {

namespace {
constexpr std::uint64_t max_keys = std::uint64_t{1} << 48U;
constexpr std::size_t max_length = (std::size_t{1} << 31U) - 1;
}  // namespace

ValueLayout ValueLayout::uniform(std::uint64_t num_keys, std::size_t length) {
  if (num_keys == 0 || num_keys > max_keys)
    throw UsageError("number of keys is " + std::to_string(num_keys) + "; it must be between 1 and 2^48");
  if (length == 0 || length > max_length)
    throw UsageError("value length is " + std::to_string(length) + "; it must be between 1 and 2^31-1 elements");
  ValueLayout layout;
  layout.num_keys_ = num_keys;
  layout.uniform_length_ = length;
  return layout;
}

ValueLayout ValueLayout::per_key(std::vector<std::uint32_t> lengths) {
  if (lengths.empty()) throw UsageError("the list of value lengths is empty; a store needs at least one key");
  const auto zero = std::find(lengths.begin(), lengths.end(), 0U);
  if (zero != lengths.end())
    throw UsageError("key " + std::to_string(zero - lengths.begin()) + " has value length 0; the least is 1");
  ValueLayout layout;
  layout.num_keys_ = lengths.size();
  layout.lengths_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(lengths));
  return layout;
}

std::size_t ValueLayout::total_length(KeySpan keys) const {
  if (is_uniform()) return keys.size() * uniform_length_;
  std::size_t total = 0;
  for (const Key key : keys) total += length(key);
  return total;
}

bool operator==(const ValueLayout& a, const ValueLayout& b) {
  if (a.num_keys_ != b.num_keys_ || a.uniform_length_ != b.uniform_length_) return false;
  if (a.is_uniform() || b.is_uniform()) return a.is_uniform() == b.is_uniform();
  return *a.lengths_ == *b.lengths_;
}

}  // namespace adapm
