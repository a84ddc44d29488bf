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
#include "common/team.hpp"
#include "common/time.hpp"
#include "common/training_options.hpp"

namespace adapm::apps {

/// How far a run has come. With the values in the store, and what a program adds, it is all that training
/// goes on from: the random streams of what follows are named by the seed, the epoch and the worker.
struct TrainingState {
  std::uint64_t epochs = 0;  ///< that are done
  Seconds seconds{0};        ///< of training in this run
};

/// An epoch under way, as a learner sees it. Belongs to the worker's thread.
class RunningEpoch {
 public:
  /// `trained` is the time of the epochs before. `progress` may be null.
  RunningEpoch(std::uint64_t number, const EpochMeter& meter, TimeBudget budget, Seconds trained,
               Progress* progress)
      : number_(number), meter_(meter), budget_(budget), trained_(trained), progress_(progress) {}

  /// From 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// All workers together have done about `work` units of the epoch. Cheap.
  void update(double work) {
    if (progress_ != nullptr) progress_->update(work);
  }
  /// The time budget is exceeded by more than an epoch may exceed it.
  [[nodiscard]] bool time_is_up() const { return budget_.exceeded(trained_ + meter_.elapsed()); }

 private:
  const std::uint64_t number_;
  const EpochMeter& meter_;
  const TimeBudget budget_;
  const Seconds trained_;
  Progress* const progress_;
};

/// One worker's training. Belongs to the worker's thread; must not outlive the worker.
class Learner {
 public:
  Learner() = default;
  virtual ~Learner() = default;
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  /// Trains on the worker's share of an epoch's data. Epochs follow each other without a gap.
  /// Collective  over all workers.   Blocks  yes; pushes may still be under way on return.
  /// Returns  what is to be summed over all workers; equally many numbers from each.
  virtual std::vector<double> learn_epoch(RunningEpoch& epoch) = 0;
};

class Trainer {
 public:
  virtual ~Trainer() = default;
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Collective.   Blocks  until everything is trained, evaluated and written, and the summary told.
  void run();

 protected:
  /// An epoch has about `epoch_work` of the report's units. References must outlive the trainer.
  Trainer(const TrainingOptions& options, Store<float>& store, Report& report, double epoch_work,
          const TrainingState& state = {});

  // --- What a program does. Worker `index` of each rank calls these; where one worker does, it is said. --

  /// Sets its share of the model's values. Nobody reads them before all have returned.
  virtual void initialise(Worker<float>& worker, std::size_t index) = 0;
  /// A learner for the epochs from first_epoch() to last_epoch(), which signals its first intents.
  virtual std::unique_ptr<Learner> make_learner(Worker<float>& worker, std::size_t index) = 0;
  /// After an epoch, over all ranks. `sums` are those of the learners.   By worker 0.
  virtual void end_epoch(const EpochMeasures& measures, std::span<const double> sums) = 0;
  /// Whether to evaluate after `epoch`; first_epoch() - 1 stands for the model before training.
  [[nodiscard]] virtual bool evaluation_due(std::uint64_t epoch, bool last) const = 0;
  virtual void evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) = 0;
  /// Writes the model as the options say: after the last epoch, else with `suffix` in the files' names. All
  /// updates are in the store.   By worker 0 of rank 0.
  virtual void write(Worker<float>& worker, const std::string& suffix) = 0;

  // --- What programs use ---------------------------------------------------------------------------------

  [[nodiscard]] const Team& team() const { return team_; }
  [[nodiscard]] std::uint64_t first_epoch() const { return first_epoch_; }
  [[nodiscard]] std::uint64_t last_epoch() const { return last_epoch_; }
  [[nodiscard]] const TrainingState& state() const { return state_; }
  /// No further epoch; tells why.   By worker 0, in end_epoch.
  void stop(const std::string& reason);

 private:
  void work(Worker<float>& worker, std::size_t index);
  void replicate_everything(Worker<float>& worker);
  void train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::uint64_t epoch);
  void finish_epoch(std::uint64_t epoch);
  void evaluate_and_write(Worker<float>& worker, std::size_t index, std::uint64_t epoch, bool last);
  void write_together(Worker<float>& worker, std::size_t index, const std::string& suffix);

  const TrainingOptions& options_;
  Store<float>& store_;
  Report& report_;
  const double epoch_work_;
  const Team team_;
  const TimeBudget budget_;
  const std::uint64_t first_epoch_;
  const std::uint64_t last_epoch_;

  // Written by worker 0 between barriers, but for sums_, of which each worker writes its own.
  TrainingState state_;
  EpochMeter meter_;
  std::vector<std::vector<double>> sums_;
  bool stop_ = false;
};

}  // namespace adapm::apps
