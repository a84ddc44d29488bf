// Checkpoints of a training run: the store's, with the training state of each rank, and the options that must
// not change when the run goes on from one.
#pragma once

#include <optional>

#include "adapm/store.hpp"
#include "common/report.hpp"
#include "common/team.hpp"
#include "common/training_options.hpp"
#include "common/training_state.hpp"

namespace adapm::apps {

/// Makes the folder of --checkpoint, if it is given. Call it before the store opens.
/// Errors  InputError if it cannot be made or written to, or has checkpoints although nothing is to be
/// resumed.
void prepare_checkpoint_folder(const TrainingOptions& options);

/// Requires --checkpoint. Signals ask for an interruption from now on. References must outlive it.
class RunCheckpoint {
 public:
  RunCheckpoint(const TrainingOptions& options, Store<float>& store, Report& report, Team team,
                Settings settings);

  /// With --resume, sets the store to the newest checkpoint, and tells. If it is of as many ranks and workers
  /// as there are now, an epoch that was under way goes on where it was; else it is begun anew. Collective
  /// yes, before the first worker. Returns     nothing if the run begins. Errors      InputError on every
  /// rank, naming the option that has changed.
  std::optional<TrainingState> load();

  /// Saves the store's values and `state`; tells if that fails.
  /// Collective  yes, by one worker of each rank, while nobody pushes.
  /// Returns     whether there is a new checkpoint.
  bool save(const TrainingState& state);

  /// An interruption has come to this rank, or is known to all. Cheap.   Threads  any.
  [[nodiscard]] bool is_interrupted();

 private:
  [[nodiscard]] TrainingState state_of(const Checkpoint& checkpoint) const;

  const TrainingOptions& options_;
  Store<float>& store_;
  Report& report_;
  const Team team_;
  const Settings settings_;
};

}  // namespace adapm::apps
