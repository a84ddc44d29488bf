// The command line of matrix_factorization.
#pragma once

#include <cstdint>
#include <string>

#include "common/training_options.hpp"

namespace adapm::mf {

/// `output` is the prefix of factors.
struct MfOptions : apps::TrainingOptions {
  MfOptions() {
    epochs = 20;
    intent_ahead = 100000;
  }

  // data and model
  std::string train;
  std::string test;
  std::int64_t rank = 16;
  double init_scale = 1;

  // training
  std::string algorithm = "dsgd";
  double lambda = 0.05;
  double step = 0.1;
  bool fixed_step = false;
  std::int64_t batch = 128;

  // output
  bool write_text = false;
  bool write_without_state = false;
};

/// Sets `options` from the command line. Returns false if only help was asked for.
/// Errors  apps::CommandLineError.
bool parse(MfOptions& options, int argc, const char* const* argv);

}  // namespace adapm::mf
