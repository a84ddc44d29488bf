#include "word2vec/initial_values.hpp"

#include <algorithm>

#include "common/random.hpp"

namespace adapm::word2vec {

InitialValues::InitialValues(const Shape& shape, const Vocabulary& vocabulary, std::uint64_t seed, float sum,
                             const TrainedModel* trained)
    : shape_(shape), seed_(seed), sum_(sum), trained_(trained) {
  if (trained == nullptr) return;
  rows_.resize(shape.words);
  for (std::size_t row = 0; row < trained->words.size(); ++row) {
    const auto word = vocabulary.find(trained->words[row]);
    if (!word) continue;
    if (!rows_[*word]) ++trained_words_;
    rows_[*word] = row;
  }
}

void InitialValues::get(Key key, std::span<float> value) const {
  const WordId word = shape_.word_of(key);
  const bool is_input = shape_.is_input_key(key);
  const std::span<float> weights = value.first(shape_.dim);
  const std::span<float> sums = value.subspan(shape_.dim);
  std::fill(weights.begin(), weights.end(), 0.0F);
  std::fill(sums.begin(), sums.end(), sum_);
  if (trained_ != nullptr && rows_[word]) {
    const auto copy_row = [&](const std::vector<float>& from, std::span<float> to) {
      if (!from.empty() && !to.empty()) std::copy_n(&from[*rows_[word] * shape_.dim], shape_.dim, to.begin());
    };
    copy_row(is_input ? trained_->inputs : trained_->outputs, weights);
    copy_row(is_input ? trained_->input_sums : trained_->output_sums, sums);
  } else if (is_input) {
    apps::Random random({seed_, 3, word});
    for (float& weight : weights)
      weight = static_cast<float>((random.uniform() - 0.5) / static_cast<double>(shape_.dim));
  }
}

}  // namespace adapm::word2vec
