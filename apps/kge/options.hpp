// The command line of kge.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "adapm/options.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

struct KgeOptions {
  // data and model
  std::string dataset;
  std::string model = "complex";
  std::int64_t dim = 64;
  std::int64_t seed = 134827;
  double init_scale = 0.1;
  std::string init_from;

  // training
  std::int64_t epochs = 10;
  std::int64_t threads = 1;
  std::int64_t negatives = 6;
  double learning_rate = 0.1;
  double initial_sum = 1e-2;
  double reg_entity = 1e-3;
  double reg_relation = 1e-3;
  double dropout_entity = 0;
  double dropout_relation = 0;
  double max_runtime = std::numeric_limits<double>::infinity();

  // parameter management
  std::int64_t intent_ahead = 30000;
  bool full_replication = false;

  // evaluation
  std::int64_t eval_every = 0;
  std::int64_t eval_max = 0;
  std::string eval_split = "valid";
  bool eval_initial = false;
  bool no_final_eval = false;

  // output
  std::string metrics;
  std::string write_embeddings;
  std::int64_t write_every = 0;
  bool write_text = false;
  bool write_without_state = false;

  adapm::Options store;

  [[nodiscard]] ModelKind kind() const { return model == "rescal" ? ModelKind::rescal : ModelKind::complex; }
};

/// Sets `options` from the command line. Returns false if only help was asked for.
/// Errors  apps::CommandLineError.
bool parse(KgeOptions& options, int argc, const char* const* argv);

}  // namespace adapm::kge
