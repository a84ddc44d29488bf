#include "kge/initial_values.hpp"

#include <algorithm>

#include "common/random.hpp"

namespace adapm::kge {

void InitialValues::get(Key key, std::span<float> value) const {
  const std::size_t weights = shape_.weights(key);
  std::fill(value.begin() + static_cast<std::ptrdiff_t>(weights), value.end(), sum_);
  if (trained_ != nullptr) {
    const std::size_t offset = trained_->offset(key);
    std::copy_n(trained_->weights.data() + offset, weights, value.data());
    if (!trained_->state.empty())
      std::copy_n(trained_->state.data() + offset, weights, value.data() + weights);
    return;
  }
  apps::Random random({seed_, 3, key});
  for (std::size_t i = 0; i < weights; ++i) value[i] = static_cast<float>(scale_ * random.normal());
}

}  // namespace adapm::kge
