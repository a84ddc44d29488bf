// A training run from initial values to a written model: what the workers of all ranks do together. Every
// worker runs the same sequence of epochs, evaluations and barriers; worker 0 of a rank does what is done
// once per rank. A program says what happens at each step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "common/epoch_meter.hpp"
#include "common/progress.hpp"
#include "common/report.hpp"
#include "common/run_checkpoint.hpp"
#include "common/team.hpp"
#include "common/time.hpp"
#include "common/training_options.hpp"
#include "common/training_state.hpp"

namespace adapm::apps {

/// An epoch under way, as a learner sees it. Belongs to the worker's thread.
class RunningEpoch {
 public:
  /// `trained` is the time of training before. `checkpoint` and `progress` may be null.
  RunningEpoch(std::uint64_t number, std::uint64_t steps, const EpochMeter& meter, TimeBudget budget,
               Seconds trained, RunCheckpoint* checkpoint, Progress* progress)
      : number_(number),
        steps_(steps),
        meter_(meter),
        budget_(budget),
        trained_(trained),
        checkpoint_(checkpoint),
        progress_(progress) {}

  /// From 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// Steps of this epoch that the worker has done: more than 0 at first where an interrupted epoch goes on.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  void count_step() { ++steps_; }
  /// All workers together have done about `work` units of the epoch. Cheap.
  void update(double work) {
    if (progress_ != nullptr) progress_->update(work);
  }
  /// The time budget is exceeded by more than an epoch may exceed it.
  [[nodiscard]] bool time_is_up() const { return budget_.exceeded(trained_ + meter_.elapsed()); }
  /// If true the learner returns now, between two steps; the epoch goes on from a checkpoint. Cheap.
  [[nodiscard]] bool is_interrupted() {
    return is_cut_ = is_cut_ || (checkpoint_ != nullptr && checkpoint_->is_interrupted());
  }
  /// It has been told so.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  const std::uint64_t number_;
  std::uint64_t steps_;
  const EpochMeter& meter_;
  const TimeBudget budget_;
  const Seconds trained_;
  RunCheckpoint* const checkpoint_;
  Progress* const progress_;
  bool is_cut_ = false;
};

/// One worker's training. Belongs to the worker's thread; must not outlive the worker.
class Learner {
 public:
  Learner() = default;
  virtual ~Learner() = default;
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  /// Trains on the worker's share of an epoch's data, but for the steps that were done before. Epochs follow
  /// each other without a gap. A learner that counts no steps does not ask whether it is interrupted: its
  /// epochs are completed.
  /// Collective  over all workers.   Blocks  yes; pushes may still be under way on return.
  /// Returns  what is to be summed over all workers; equally many numbers from each.
  virtual std::vector<double> learn_epoch(RunningEpoch& epoch) = 0;
};

class Trainer {
 public:
  virtual ~Trainer() = default;
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Goes on from a checkpoint, if the options say so.
  /// Collective.   Blocks  until everything is trained, evaluated and written, and the summary told.
  /// Returns  the program's exit code: 0, or exit_interrupted, or 1 after an error that all ranks know: the
  ///          checkpoint is of another run, or an interrupted run could not be saved.
  int run();

 protected:
  /// An epoch has about `epoch_work` of the report's units; `epochs` were done before this run. References
  /// must outlive the trainer.
  Trainer(const TrainingOptions& options, Store<float>& store, Report& report, double epoch_work,
          std::uint64_t epochs = 0);

  // --- What a program does. Worker `index` of each rank calls these; where one worker does, it is said. --

  /// Sets its share of the model's values. Nobody reads them before all have returned.
  virtual void initialise(Worker<float>& worker, std::size_t index) = 0;
  /// A learner for the epochs from first_epoch() to last_epoch(), without the first steps_done(index) steps,
  /// which signals its first intents.
  virtual std::unique_ptr<Learner> make_learner(Worker<float>& worker, std::size_t index) = 0;
  /// After an epoch, over all ranks. `sums` are those of the learners.   By worker 0.
  virtual void end_epoch(const EpochMeasures& measures, std::span<const double> sums) = 0;
  /// Whether to evaluate after `epoch`; first_epoch() - 1 stands for the model before training.
  [[nodiscard]] virtual bool evaluation_due(std::uint64_t epoch, bool last) const = 0;
  virtual void evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) = 0;
  /// Writes the model as the options say: after the last epoch, else with `suffix` in the files' names. All
  /// updates are in the store.   By worker 0 of rank 0.
  virtual void write(Worker<float>& worker, const std::string& suffix) = 0;

  /// What a checkpoint must have in common with the run that goes on from it.
  [[nodiscard]] virtual Settings settings() const = 0;
  /// What else training goes on from, and the same from a checkpoint.   By one thread.
  [[nodiscard]] virtual std::vector<double> state_of_program() const { return {}; }
  virtual void set_state_of_program(std::span<const double> /*state*/) {}

  // --- What programs use ---------------------------------------------------------------------------------

  [[nodiscard]] const Team& team() const { return team_; }
  [[nodiscard]] std::uint64_t first_epoch() const { return first_epoch_; }
  [[nodiscard]] std::uint64_t last_epoch() const { return last_epoch_; }
  [[nodiscard]] std::uint64_t steps_done(std::size_t index) const { return state_.workers[index].steps; }
  [[nodiscard]] const TrainingState& state() const { return state_; }
  /// No further epoch; tells why.   By worker 0, in end_epoch.
  void stop(const std::string& reason);

 private:
  void resume();
  void work(Worker<float>& worker, std::size_t index);
  void set_up(Worker<float>& worker, std::size_t index);
  void replicate_everything(Worker<float>& worker);
  void train_epochs(Worker<float>& worker, Learner& learner, std::size_t index);
  void train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::uint64_t epoch);
  void finish_epoch(std::uint64_t epoch);
  void note_measures(EpochMeasures measures, std::span<const double> sums);
  void evaluate_and_write(Worker<float>& worker, std::size_t index, std::uint64_t epoch, bool last);
  void write_together(Worker<float>& worker, std::size_t index, const std::string& suffix);
  void save_checkpoint(Worker<float>& worker, std::size_t index);
  int tell_end();

  const TrainingOptions& options_;
  Store<float>& store_;
  Report& report_;
  const double epoch_work_;
  const Team team_;
  const TimeBudget budget_;
  std::optional<RunCheckpoint> checkpoint_;
  bool resumed_ = false;
  std::uint64_t first_epoch_;
  std::uint64_t last_epoch_;

  // Written by worker 0 between barriers, but for what belongs to each worker: its state, its sums, whether
  // it was cut.
  TrainingState state_;
  EpochMeter meter_;
  std::vector<std::vector<double>> sums_;
  std::vector<char> cut_workers_;
  bool stop_ = false;
  bool cut_ = false;          // a worker of any rank has not ended the epoch
  bool interrupted_ = false;  // so the run ends
  bool saved_ = false;        // the last checkpoint that was tried
};

}  // namespace adapm::apps
