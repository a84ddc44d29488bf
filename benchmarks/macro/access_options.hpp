// What bench_access is asked to do.
#pragma once

#include <cstdint>
#include <string>

#include "adapm/options.hpp"
#include "harness/key_stream.hpp"

namespace adapm::bench {

struct AccessOptions {
  std::int64_t keys = 1'000'000;
  std::int64_t length = 128;
  double zipf = 0;
  double partitioned = 0;

  std::string mode = "pullpush";
  double push_share = 1;
  std::int64_t batch = 64;
  std::int64_t calls = 5000;
  double seconds = 0;
  std::int64_t ahead = 100;
  std::int64_t threads = 1;
  double compute_us = 0;
  std::string compute = "busy";
  std::int64_t seed = 1;

  std::string json;
  Options store;

  [[nodiscard]] bool pulls() const { return mode.starts_with("pull"); }
  [[nodiscard]] bool pushes() const { return mode.ends_with("push"); }
  [[nodiscard]] bool signals_intents() const { return ahead > 0; }
  [[nodiscard]] KeyLaw key_law() const { return {static_cast<std::uint64_t>(keys), zipf, partitioned}; }

  /// Returns false if --help was given.   Errors  CommandLineError.
  [[nodiscard]] bool parse(int argc, char** argv);
};

}  // namespace adapm::bench
