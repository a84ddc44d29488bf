#include "common/trainer.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/program.hpp"

namespace adapm::apps {

Trainer::Trainer(const TrainingOptions& options, Store<float>& store, Report& report, double epoch_work,
                 std::uint64_t epochs)
    : options_(options),
      store_(store),
      report_(report),
      epoch_work_(epoch_work),
      team_(team_of(store, static_cast<std::size_t>(options.threads))),
      budget_{Seconds(options.max_runtime)},
      first_epoch_(epochs + 1),
      last_epoch_(epochs + static_cast<std::uint64_t>(options.epochs)),
      meter_(store),
      sums_(team_.threads),
      cut_workers_(team_.threads) {
  state_.epochs = epochs;
  state_.workers.resize(team_.threads);
}

int Trainer::run() {
  try {
    if (!options_.checkpoint.empty()) resume();
  } catch (const InputError& error) {  // on all ranks, so that they end together
    report_.warn(error.what());
    return 1;
  }
  std::vector<Clock> clocks;
  for (const WorkerState& worker : state_.workers) clocks.push_back(worker.clock);
  run_workers(
      store_, static_cast<int>(team_.threads),
      [&](Worker<float>& worker, int index) { work(worker, static_cast<std::size_t>(index)); }, clocks);
  report_.summary(store_.total_statistics());
  return tell_end();
}

// --- before training -------------------------------------------------------------------------------------

void Trainer::resume() {
  checkpoint_.emplace(options_, store_, report_, team_, settings());
  std::optional<TrainingState> saved = checkpoint_->load();
  if (!saved) return;
  resumed_ = true;
  state_ = std::move(*saved);
  set_state_of_program(state_.of_program);
  first_epoch_ = state_.epochs + 1;
  const bool epochs_left = first_epoch_ <= last_epoch_;
  if (epochs_left && state_.seconds < budget_.limit) return;
  report_.note(epochs_left ? "--max-runtime is over already" : "all epochs are done already");
  last_epoch_ = state_.epochs;
  for (WorkerState& worker : state_.workers) worker.steps = 0;
}

void Trainer::work(Worker<float>& worker, std::size_t index) {
  set_up(worker, index);
  if (options_.full_replication && index == 0) replicate_everything(worker);
  const std::unique_ptr<Learner> learner = make_learner(worker, index);
  worker.wait_sync();  // the first intents are acted on
  evaluate_and_write(worker, index, first_epoch_ - 1, first_epoch_ > last_epoch_);
  train_epochs(worker, *learner, index);
  if (!interrupted_ && !options_.output.empty()) write_together(worker, index, "");
}

void Trainer::set_up(Worker<float>& worker, std::size_t index) {
  worker.begin_setup();
  if (!resumed_) initialise(worker, index);
  worker.wait_all();
  worker.end_setup();
  const Generator::State& sampling = state_.workers[index].sampling;
  if (sampling != Generator::State{}) worker.set_sampling_generator(Generator::from(sampling));
}

void Trainer::replicate_everything(Worker<float>& worker) {
  std::vector<Key> keys(static_cast<std::size_t>(store_.layout().num_keys()));
  std::iota(keys.begin(), keys.end(), Key{0});
  worker.intent(keys, worker.current_clock(), clock_forever);
}

// --- training --------------------------------------------------------------------------------------------

void Trainer::train_epochs(Worker<float>& worker, Learner& learner, std::size_t index) {
  const auto every = static_cast<std::uint64_t>(options_.checkpoint_every);
  bool last = first_epoch_ > last_epoch_;
  for (std::uint64_t epoch = first_epoch_; !last; ++epoch) {
    train_epoch(worker, learner, index, epoch);
    last = stop_ || interrupted_ || epoch == last_epoch_;
    if (!cut_) evaluate_and_write(worker, index, epoch, last && !interrupted_);
    if (checkpoint_ && (last || (every > 0 && epoch % every == 0))) save_checkpoint(worker, index);
  }
}

void Trainer::train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::uint64_t epoch) {
  if (index == 0) meter_.begin();
  worker.barrier();
  std::optional<Progress> progress;
  if (team_.place(index).index == 0) {
    const std::string label = "epoch " + std::to_string(epoch) + "/" + std::to_string(last_epoch_);
    progress.emplace(label, report_.unit(), epoch_work_);
  }
  WorkerState& own = state_.workers[index];
  RunningEpoch running(epoch, own.steps, meter_, budget_, state_.seconds + state_.epoch_seconds,
                       checkpoint_ ? &*checkpoint_ : nullptr, progress ? &*progress : nullptr);
  std::vector<double>& sums = sums_[index];
  sums = learner.learn_epoch(running);
  for (std::size_t i = 0; i < own.sums.size(); ++i) sums[i] += own.sums[i];
  cut_workers_[index] = running.is_cut() ? 1 : 0;
  worker.wait_all();
  worker.barrier();
  if (index == 0) finish_epoch(epoch);
  worker.barrier();
  own.steps = cut_ ? running.steps() : 0;
  own.sums = cut_ ? sums : std::vector<double>();
}

void Trainer::finish_epoch(std::uint64_t epoch) {
  std::vector<double> sums(sums_.front().size());
  for (const std::vector<double>& part : sums_) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += part[i];
  }
  const bool any_cut = std::ranges::any_of(cut_workers_, [](char cut) { return cut != 0; });
  sums.push_back(any_cut ? 1 : 0);
  sums.push_back(checkpoint_ && checkpoint_->is_interrupted() ? 1 : 0);
  EpochMeasures measures = meter_.end(sums);
  cut_ = sums.end()[-2] > 0;
  state_.epoch_seconds += measures.seconds;
  measures.epoch = epoch;
  if (!cut_) note_measures(measures, std::span(sums).first(sums.size() - 2));
  interrupted_ = cut_ || (sums.back() > 0 && epoch != last_epoch_ && !stop_);
}

/// Of a complete epoch.
void Trainer::note_measures(EpochMeasures measures, std::span<const double> sums) {
  measures.seconds = state_.epoch_seconds;
  state_.epochs = measures.epoch;
  state_.seconds += state_.epoch_seconds;
  state_.epoch_seconds = Seconds(0);
  measures.last_epoch = last_epoch_;
  measures.total_seconds = state_.seconds;
  end_epoch(measures, sums);
  if (!stop_ && measures.epoch != last_epoch_ && budget_.ends(state_.seconds, measures.seconds)) {
    stop("stopping: another epoch would exceed --max-runtime");
  }
}

void Trainer::stop(const std::string& reason) {
  stop_ = true;
  report_.note(reason);
}

// --- what is kept ----------------------------------------------------------------------------------------

void Trainer::evaluate_and_write(Worker<float>& worker, std::size_t index, std::uint64_t epoch, bool last) {
  if (evaluation_due(epoch, last)) evaluate(worker, index, epoch);
  if (index == 0) report_.end_line();
  const auto every = static_cast<std::uint64_t>(options_.write_every);
  if (every > 0 && epoch >= first_epoch_ && epoch % every == 0) {
    write_together(worker, index, ".epoch-" + std::to_string(epoch));
  }
}

void Trainer::write_together(Worker<float>& worker, std::size_t index, const std::string& suffix) {
  worker.wait_all();
  worker.wait_sync();
  worker.barrier();
  if (team_.place(index).index == 0) write(worker, suffix);
}

void Trainer::save_checkpoint(Worker<float>& worker, std::size_t index) {
  state_.workers[index].clock = worker.current_clock();
  state_.workers[index].sampling = worker.sampling_generator().state();
  worker.wait_all();
  worker.barrier();
  if (index == 0) {
    state_.of_program = state_of_program();
    saved_ = checkpoint_->save(state_);
  }
  worker.barrier();
}

int Trainer::tell_end() {
  if (!interrupted_) return 0;
  if (!saved_) {
    report_.warn("interrupted by a signal, and could not be saved: the checkpoint before counts");
    return 1;
  }
  report_.note("interrupted by a signal: saved to " + options_.checkpoint +
               "; the same command with --resume goes on");
  return exit_interrupted;
}

}  // namespace adapm::apps
