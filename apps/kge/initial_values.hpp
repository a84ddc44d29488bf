// The model before training. A key's initial weights follow from the seed and the key alone, so that a run
// begins with the same model however many ranks and threads there are.
#pragma once

#include <cstdint>
#include <span>

#include "kge/embeddings_file.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

class InitialValues {
 public:
  /// Normal weights with this standard deviation; AdaGrad's sums start at 1e-6.
  InitialValues(const Shape& shape, std::uint64_t seed, double scale)
      : shape_(shape), seed_(seed), scale_(scale) {}
  /// Those of a trained model, which must outlive this object; without state in it, sums start at 1e-6.
  explicit InitialValues(const Embeddings& trained) : shape_(trained.shape), trained_(&trained) {}

  /// Sets `value`, weights and sums, to the key's. Any thread.
  void get(Key key, std::span<float> value) const;

 private:
  Shape shape_;
  std::uint64_t seed_ = 0;
  double scale_ = 0;
  const Embeddings* trained_ = nullptr;
};

}  // namespace adapm::kge
