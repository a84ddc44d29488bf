#include "matrix_factorization/local_factors.hpp"

#include <span>

#include "common/pull_range.hpp"

namespace adapm::mf {

void LocalFactors::load(KeyRange keys) {
  keys_ = keys;
  values_.resize(static_cast<std::size_t>(keys.size()) * length_);
  apps::for_each_portion(keys, length_, [&](KeySpan portion) {
    const auto values = std::span(values_).subspan(offset(portion.front()), portion.size() * length_);
    worker_.wait(worker_.pull(portion, values));
  });
}

void LocalFactors::write_back() {
  apps::for_each_portion(keys_, length_, [&](KeySpan portion) {
    updates_.resize(portion.size() * length_);
    worker_.wait(worker_.pull(portion, updates_));
    const float* const values = values_.data() + offset(portion.front());
    for (std::size_t i = 0; i < updates_.size(); ++i) updates_[i] = values[i] - updates_[i];
    worker_.push(portion, updates_);
  });
  worker_.wait_all();
}

}  // namespace adapm::mf
