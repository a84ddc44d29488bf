// The command line of word2vec.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/training_options.hpp"
#include "word2vec/shape.hpp"

namespace adapm::word2vec {

/// `output` is the file of the input vectors.
struct Word2vecOptions : apps::TrainingOptions {
  Word2vecOptions() {
    epochs = 5;
    intent_ahead = 10000;
  }

  // data and model
  std::string corpus;
  std::int64_t dim = 100;
  std::int64_t min_count = 5;
  std::string vocabulary_in;
  std::string vocabulary_out;

  // training
  std::int64_t window = 5;
  std::int64_t negatives = 5;
  std::string share_negatives = "word";
  double subsample = 1e-3;
  std::string optimizer = "adagrad";
  double learning_rate = std::numeric_limits<double>::infinity();  // by the optimiser
  double initial_sum = 1e-6;

  // evaluation
  std::string eval_analogies;
  std::string eval_similarity;
  std::int64_t eval_vocabulary = 0;
  std::int64_t eval_every = 0;

  // output
  std::string output_format = "binary";
  bool write_state = false;

  [[nodiscard]] Optimizer optimizer_kind() const {
    return optimizer == "sgd" ? Optimizer::sgd : Optimizer::adagrad;
  }
  /// The learning rate asked for, or the optimiser's default.
  [[nodiscard]] double rate() const;
  /// The files of eval_similarity.
  [[nodiscard]] std::vector<std::string> similarity_files() const;
};

/// Sets `options` from the command line. Returns false if only help was asked for.
/// Errors  apps::CommandLineError.
bool parse(Word2vecOptions& options, int argc, const char* const* argv);

}  // namespace adapm::word2vec
