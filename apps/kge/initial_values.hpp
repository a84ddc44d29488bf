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
  /// Normal weights with standard deviation `scale`; AdaGrad's sums start at `sum`, above 0.
  InitialValues(const Shape& shape, std::uint64_t seed, double scale, float sum)
      : shape_(shape), sum_(sum), seed_(seed), scale_(scale) {}
  /// Those of a trained model, which must outlive this object; without state in it, sums start at `sum`.
  InitialValues(const Embeddings& trained, float sum)
      : shape_(trained.shape), sum_(sum), trained_(&trained) {}

  /// Sets `value`, weights and sums, to the key's. Any thread.
  void get(Key key, std::span<float> value) const;

 private:
  Shape shape_;
  float sum_;
  std::uint64_t seed_ = 0;
  double scale_ = 0;
  const Embeddings* trained_ = nullptr;
};

}  // namespace adapm::kge
