#include "sampling/pool.hpp"

namespace adapm::sampling {

void Pool::begin_pass(Clock start, std::size_t keys_a_sample) {
  if (passes_left_ == 0) begin_pool(start, keys_a_sample);
  --passes_left_;
  next_ = 0;
  for (std::size_t n = keys_.size(); n > 1; --n) std::swap(keys_[n - 1], keys_[draws_.random().below(n)]);
}

/// The first pool is taken to last as if there were one such sample a clock, each further one as long as the one
/// before.
void Pool::begin_pool(Clock start, std::size_t keys_a_sample) {
  const std::uint64_t samples = (size_ * reuse_ + keys_a_sample - 1) / keys_a_sample;
  std::vector<Key> drawn;
  draws_.draw_list(size_, drawn);
  lasts_ = keys_.empty() ? static_cast<Clock>(samples) : std::max<Clock>(start - begun_, 1);
  keys_ = std::move(drawn);
  passes_left_ = reuse_;
  begun_ = start;
  covered_from_ = covered_to_ = 0;
}

}  // namespace adapm::sampling
