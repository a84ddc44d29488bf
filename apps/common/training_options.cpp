#include "common/training_options.hpp"

namespace adapm::apps {

CommandLine& add_training_options(CommandLine& line, TrainingOptions& options, const std::string& data) {
  return line.group("Training")
      .add("epochs", "passes over the " + data + ", in all", options.epochs, {0})
      .add("threads", "workers per rank", options.threads, {1, 1024})
      .add("seed", "of everything random", options.seed, {0})
      .add("max-runtime", "stop after about this many seconds of training", options.max_runtime, {0});
}

CommandLine& add_management_options(CommandLine& line, TrainingOptions& options, const std::string& unit,
                                    std::int64_t most) {
  return line.group("Parameter management")
      .add("intent-ahead", unit + " by which intents are signalled ahead; 0: no intents",
           options.intent_ahead, {0, most})
      .add("full-replication", "keep a replica of every key on every rank, whatever is used",
           options.full_replication);
}

CommandLine& add_checkpoint_options(CommandLine& line, TrainingOptions& options) {
  return line.group("Checkpoints")
      .add("checkpoint",
           "save checkpoints to this folder, also when SIGTERM or SIGUSR1 comes, which end the run",
           options.checkpoint, "DIR")
      .add("checkpoint-every", "save one every N epochs; 0: only when the run ends", options.checkpoint_every,
           {0})
      .add("resume", "go on from the newest checkpoint; begin anew if there is none", options.resume);
}

void check_checkpoint_options(const TrainingOptions& options) {
  if (options.checkpoint.empty() && (options.resume || options.checkpoint_every != 1))
    throw CommandLineError("--resume and --checkpoint-every need --checkpoint DIR");
}

CommandLine& add_output_options(CommandLine& line, TrainingOptions& options, const std::string& epoch_file) {
  return line.group("Output")
      .add("metrics", "write measurements to this file, one JSON object a line", options.metrics, "FILE")
      .add("write-every", "also write " + epoch_file + " every N epochs; 0: never", options.write_every, {0});
}

}  // namespace adapm::apps
