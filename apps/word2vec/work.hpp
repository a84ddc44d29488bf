// What training has done, as a worker counts it.
#pragma once

namespace adapm::word2vec {

struct Loss {
  double sum = 0;       ///< of the logistic losses
  double examples = 0;  ///< products of an input with an output vector
  Loss& operator+=(const Loss& other) {
    sum += other.sum;
    examples += other.examples;
    return *this;
  }
};

struct Work {
  Loss loss;
  double words_read = 0;  ///< known words of the corpus, kept or not
};

}  // namespace adapm::word2vec
