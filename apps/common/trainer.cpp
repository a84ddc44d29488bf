#include "common/trainer.hpp"

#include <numeric>

namespace adapm::apps {

Trainer::Trainer(const TrainingOptions& options, Store<float>& store, Report& report, double epoch_work,
                 const TrainingState& state)
    : options_(options),
      store_(store),
      report_(report),
      epoch_work_(epoch_work),
      team_(team_of(store, static_cast<std::size_t>(options.threads))),
      budget_{Seconds(options.max_runtime)},
      first_epoch_(state.epochs + 1),
      last_epoch_(state.epochs + static_cast<std::uint64_t>(options.epochs)),
      state_(state),
      meter_(store),
      sums_(team_.threads) {}

void Trainer::run() {
  run_workers(store_, static_cast<int>(team_.threads),
              [&](Worker<float>& worker, int index) { work(worker, static_cast<std::size_t>(index)); });
  report_.summary(store_.total_statistics());
}

void Trainer::work(Worker<float>& worker, std::size_t index) {
  worker.begin_setup();
  initialise(worker, index);
  worker.wait_all();
  worker.end_setup();
  if (options_.full_replication && index == 0) replicate_everything(worker);
  const std::unique_ptr<Learner> learner = make_learner(worker, index);
  worker.wait_sync();  // the first intents are acted on
  bool last = options_.epochs == 0;
  evaluate_and_write(worker, index, first_epoch_ - 1, last);
  for (std::uint64_t epoch = first_epoch_; !last; ++epoch) {
    train_epoch(worker, *learner, index, epoch);
    last = stop_ || epoch == last_epoch_;
    evaluate_and_write(worker, index, epoch, last);
  }
  if (!options_.output.empty()) write_together(worker, index, "");
}

void Trainer::replicate_everything(Worker<float>& worker) {
  std::vector<Key> keys(static_cast<std::size_t>(store_.layout().num_keys()));
  std::iota(keys.begin(), keys.end(), Key{0});
  worker.intent(keys, worker.current_clock(), clock_forever);
}

void Trainer::train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::uint64_t epoch) {
  if (index == 0) meter_.begin();
  worker.barrier();
  std::optional<Progress> progress;
  if (team_.place(index).index == 0) {
    const std::string label = "epoch " + std::to_string(epoch) + "/" + std::to_string(last_epoch_);
    progress.emplace(label, report_.unit(), epoch_work_);
  }
  RunningEpoch running(epoch, meter_, budget_, state_.seconds, progress ? &*progress : nullptr);
  sums_[index] = learner.learn_epoch(running);
  worker.wait_all();
  worker.barrier();
  if (index == 0) finish_epoch(epoch);
  worker.barrier();
}

void Trainer::finish_epoch(std::uint64_t epoch) {
  std::vector<double> sums(sums_.front().size());
  for (const std::vector<double>& part : sums_) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += part[i];
  }
  EpochMeasures measures = meter_.end(sums);
  state_.epochs = epoch;
  state_.seconds += measures.seconds;
  measures.epoch = epoch;
  measures.last_epoch = last_epoch_;
  measures.total_seconds = state_.seconds;
  end_epoch(measures, sums);
  if (!stop_ && epoch != last_epoch_ && budget_.ends(state_.seconds, measures.seconds)) {
    stop("stopping: another epoch would exceed --max-runtime");
  }
}

void Trainer::stop(const std::string& reason) {
  stop_ = true;
  report_.note(reason);
}

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

}  // namespace adapm::apps
