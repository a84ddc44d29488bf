// Options that all training programs have.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "adapm/options.hpp"
#include "common/command_line.hpp"

namespace adapm::apps {

struct TrainingOptions {
  // training
  std::int64_t epochs = 10;
  std::int64_t threads = 1;
  std::int64_t seed = 134827;
  double max_runtime = std::numeric_limits<double>::infinity();
  std::string init_from;

  // parameter management
  std::int64_t intent_ahead = 0;
  bool full_replication = false;

  // checkpoints
  std::string checkpoint;  ///< their folder
  std::int64_t checkpoint_every = 1;
  bool resume = false;

  // output
  std::string output;  ///< a file or the prefix of files, by the program
  std::int64_t write_every = 0;
  std::string metrics;

  adapm::Options store;
};

/// Each begins a group; more options may be added to it.

/// `data` is what an epoch passes over.
CommandLine& add_training_options(CommandLine& line, TrainingOptions& options, const std::string& data);
/// `unit` is what intents are signalled ahead by, e.g. "sentences"; `most` bounds their number.
CommandLine& add_management_options(CommandLine& line, TrainingOptions& options, const std::string& unit,
                                    std::int64_t most);
CommandLine& add_checkpoint_options(CommandLine& line, TrainingOptions& options);
/// Errors  CommandLineError if they contradict each other.
void check_checkpoint_options(const TrainingOptions& options);
/// `epoch_file` is the name of what is written every few epochs.
CommandLine& add_output_options(CommandLine& line, TrainingOptions& options, const std::string& epoch_file);

}  // namespace adapm::apps
