// What negatives are drawn from: output vectors, with their words' counts to the power of 0.75 (Mikolov and others
// 2013).
#pragma once

#include <memory>

#include "adapm/sampling.hpp"
#include "word2vec/shape.hpp"
#include "word2vec/vocabulary.hpp"

namespace adapm::word2vec {

[[nodiscard]] std::shared_ptr<const Distribution> negative_distribution(const Vocabulary& vocabulary,
                                                                        const Shape& shape);

}  // namespace adapm::word2vec
