// The command line of kge.
#pragma once

#include <cstdint>
#include <string>

#include "common/training_options.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

/// `output` is the prefix of embeddings.
struct KgeOptions : apps::TrainingOptions {
  KgeOptions() { intent_ahead = 30000; }

  // data and model
  std::string dataset;
  std::string model = "complex";
  std::int64_t dim = 64;
  double init_scale = 0.1;

  // training
  std::int64_t negatives = 6;
  double learning_rate = 0.1;
  double initial_sum = 1e-2;
  double reg_entity = 1e-3;
  double reg_relation = 1e-3;
  double dropout_entity = 0;
  double dropout_relation = 0;

  // evaluation
  std::int64_t eval_every = 0;
  std::int64_t eval_max = 0;
  std::string eval_split = "valid";
  bool eval_initial = false;
  bool no_final_eval = false;

  // output
  bool write_text = false;
  bool write_without_state = false;

  [[nodiscard]] ModelKind kind() const { return model == "rescal" ? ModelKind::rescal : ModelKind::complex; }
};

/// Sets `options` from the command line. Returns false if only help was asked for.
/// Errors  apps::CommandLineError.
bool parse(KgeOptions& options, int argc, const char* const* argv);

}  // namespace adapm::kge
