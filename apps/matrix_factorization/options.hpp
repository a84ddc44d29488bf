// The command line of matrix_factorization.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "adapm/options.hpp"

namespace adapm::mf {

struct MfOptions {
  // data and model
  std::string train;
  std::string test;
  std::int64_t rank = 16;
  std::int64_t seed = 134827;
  double init_scale = 1;
  std::string init_from;

  // training
  std::int64_t epochs = 20;
  std::int64_t threads = 1;
  std::string algorithm = "dsgd";
  double lambda = 0.05;
  double step = 0.1;
  bool fixed_step = false;
  std::int64_t batch = 128;
  double max_runtime = std::numeric_limits<double>::infinity();

  // parameter management
  std::int64_t intent_ahead = 100000;

  // output
  std::string metrics;
  std::string write_factors;
  std::int64_t write_every = 0;
  bool write_text = false;
  bool write_without_state = false;

  adapm::Options store;
};

/// Sets `options` from the command line. Returns false if only help was asked for.
/// Errors  apps::CommandLineError.
bool parse(MfOptions& options, int argc, const char* const* argv);

}  // namespace adapm::mf
