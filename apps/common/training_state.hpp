// How far a training run has come: with the values in the store, all that it goes on from. As text it goes
// into a checkpoint, the state of each rank by itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapm/sampling.hpp"
#include "adapm/types.hpp"
#include "common/time.hpp"

namespace adapm::apps {

struct WorkerState {
  Clock clock = 0;
  Generator::State sampling{};  ///< of Worker::sampling_generator
  std::uint64_t steps = 0;      ///< of the epoch under way that are done
  std::vector<double>
      sums;  ///< of these steps, as Learner::learn_epoch returns them; empty if there are none

  friend bool operator==(const WorkerState&, const WorkerState&) = default;
};

/// The random streams of training are named by the seed, the epoch and the worker, so they are not in it.
struct TrainingState {
  std::uint64_t epochs = 0;          ///< that are done
  Seconds seconds{0};                ///< of training in these
  Seconds epoch_seconds{0};          ///< of the epoch under way, until now
  std::vector<double> of_program;    ///< what the program adds
  std::vector<WorkerState> workers;  ///< of this rank; empty before the first epoch

  friend bool operator==(const TrainingState&, const TrainingState&) = default;
};

/// An option that must be the same when a run goes on.
struct Setting {
  std::string option;  ///< e.g. "--dim"
  std::string value;   ///< one line

  friend bool operator==(const Setting&, const Setting&) = default;
};
using Settings = std::vector<Setting>;

/// Numbers read back as they were, bit by bit.
[[nodiscard]] std::string to_text(const TrainingState& state, const Settings& settings);

struct SavedTraining {
  TrainingState state;
  Settings settings;
};

/// Errors  InputError if it is not such a text.
[[nodiscard]] SavedTraining training_from_text(const std::string& text);

}  // namespace adapm::apps
