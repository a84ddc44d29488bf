#include "matrix_factorization/local_factors.hpp"

#include <span>

namespace adapm::mf {

void LocalFactors::load(Key first, Key last) {
  first_ = first;
  last_ = last;
  values_.resize(static_cast<std::size_t>(last - first) * length_);
  for_each_portion(first, last, length_, [&](KeySpan keys, std::size_t offset) {
    worker_.wait(worker_.pull(keys, std::span(values_).subspan(offset, keys.size() * length_)));
  });
}

void LocalFactors::write_back() {
  for_each_portion(first_, last_, length_, [&](KeySpan keys, std::size_t offset) {
    updates_.resize(keys.size() * length_);
    worker_.wait(worker_.pull(keys, updates_));
    const float* const values = values_.data() + offset;
    for (std::size_t i = 0; i < updates_.size(); ++i) updates_[i] = values[i] - updates_[i];
    worker_.push(keys, updates_);
  });
  worker_.wait_all();
}

}  // namespace adapm::mf
