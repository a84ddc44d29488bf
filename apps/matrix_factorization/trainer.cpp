#include "matrix_factorization/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "common/atomic_file.hpp"
#include "common/random.hpp"
#include "matrix_factorization/local_factors.hpp"

namespace adapm::mf {

namespace {

AccessCounts accesses(const Store<float>& store) {
  const Statistics statistics = store.statistics();
  AccessCounts counts = statistics.pulled;
  return counts += statistics.pushed;
}

}  // namespace

Trainer::Trainer(const MfOptions& options, Dataset& data, const Shape& shape,
                 const std::optional<FactorsHeader>& trained, Store<float>& store, Report& report)
    : options_(options),
      data_(data),
      shape_(shape),
      trained_(trained),
      store_(store),
      report_(report),
      evaluator_(data, shape, options.lambda, store),
      column_regularisers_(regularisers(static_cast<float>(options.lambda), data.column_cells)),
      first_epoch_(trained ? trained->epochs + 1 : 1),
      last_epoch_(first_epoch_ - 1 + static_cast<std::uint64_t>(options.epochs)),
      driver_{options.step},
      epochs_done_(first_epoch_ - 1) {
  if (trained && trained->has_state) driver_ = trained->driver;
  result_.last_epoch = last_epoch_;
}

void Trainer::run() {
  run_workers(store_, static_cast<int>(options_.threads),
              [&](Worker<float>& worker, int index) { work(worker, static_cast<std::size_t>(index)); });
}

apps::WorkerPlace Trainer::place(std::size_t index) const {
  const std::size_t threads = data_.workers.size();
  return {static_cast<std::size_t>(store_.rank()) * threads + index,
          static_cast<std::size_t>(store_.num_ranks()) * threads};
}

void Trainer::work(Worker<float>& worker, std::size_t index) {
  initialise(worker, index);
  announce_rows(worker, index);
  const std::unique_ptr<Learner> learner = make_learner(worker, index);
  evaluate_initial(worker, index);
  bool last = options_.epochs == 0;
  for (std::uint64_t epoch = first_epoch_; !last; ++epoch) {
    train_epoch(worker, *learner, index, epoch);
    evaluate(worker, index, epoch);
    last = stop_ || epoch == last_epoch_;
    if (options_.write_every > 0 && epoch % static_cast<std::uint64_t>(options_.write_every) == 0) {
      write(worker, index, ".epoch-" + std::to_string(epoch), false);
    }
  }
  if (!options_.write_factors.empty()) write(worker, index, "", options_.write_text);
}

// --- before training
// ------------------------------------------------------------------------------------------------

void Trainer::initialise(Worker<float>& worker, std::size_t index) {
  worker.begin_setup();
  if (trained_) {
    set_trained(worker, index);
  } else {
    set_initial(worker, index);
  }
  worker.wait_all();
  worker.end_setup();
}

/// Normal weights that follow from the seed and the key alone, so that a run begins with the same model
/// however many ranks and threads there are.
void Trainer::set_initial(Worker<float>& worker, std::size_t index) {
  const double deviation = std::sqrt(options_.init_scale / std::sqrt(static_cast<double>(shape_.rank)));
  const auto ranks = static_cast<Key>(store_.num_ranks());
  const Key step = ranks * data_.workers.size();
  std::vector<float> value(shape_.value_length());
  // Keys whose main copy is on this rank.
  for (Key key = static_cast<Key>(store_.rank()) + ranks * index; key < shape_.num_keys(); key += step) {
    apps::Random random({static_cast<std::uint64_t>(options_.seed), 3, key});
    for (std::size_t i = 0; i < shape_.rank; ++i) value[i] = static_cast<float>(deviation * random.normal());
    worker.set({&key, 1}, value);
  }
}

void Trainer::set_trained(Worker<float>& worker, std::size_t index) {
  FactorsReader file(options_.init_from);
  const apps::Share share = apps::share_of(static_cast<std::size_t>(shape_.num_keys()), place(index));
  std::vector<float> weights;
  std::vector<float> state;
  std::vector<float> values;
  for_each_portion(share.begin, share.end, shape_.value_length(), [&](KeySpan keys, std::size_t) {
    weights.resize(keys.size() * shape_.rank);
    state.resize(weights.size());
    values.resize(2 * weights.size());
    file.read_weights(keys.front(), weights);
    if (trained_->has_state) file.read_state(keys.front(), state);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      std::copy_n(&weights[i * shape_.rank], shape_.rank, &values[2 * i * shape_.rank]);
      std::copy_n(&state[i * shape_.rank], shape_.rank, &values[(2 * i + 1) * shape_.rank]);
    }
    worker.wait(worker.set(keys, values));
  });
}

void Trainer::announce_rows(Worker<float>& worker, std::size_t index) {
  const WorkerCells& mine = data_.workers[index];
  if (options_.intent_ahead == 0) return;
  for_each_portion(
      shape_.row_key(mine.first_row), shape_.row_key(mine.last_row), shape_.value_length(),
      [&](KeySpan keys, std::size_t) { worker.intent(keys, worker.current_clock(), clock_forever); });
}

std::unique_ptr<Learner> Trainer::make_learner(Worker<float>& worker, std::size_t index) {
  const LearnerSetting setting{data_,
                               shape_,
                               static_cast<std::uint64_t>(options_.seed),
                               first_epoch_,
                               static_cast<float>(options_.lambda),
                               static_cast<std::size_t>(options_.batch),
                               static_cast<std::size_t>(options_.intent_ahead),
                               column_regularisers_};
  WorkerCells& cells = data_.workers[index];
  if (options_.algorithm == "dsgd") return make_dsgd(worker, cells, setting, place(index));
  if (options_.algorithm == "columnwise") return make_columnwise(worker, cells, setting, place(index));
  return make_plain_sgd(worker, cells, setting, place(index));
}

void Trainer::evaluate_initial(Worker<float>& worker, std::size_t index) {
  const Loss& loss = evaluator_.measure(worker, index);
  if (index == 0) {
    result_.loss = loss;
    result_.epoch = epochs_done_;
    result_.step = driver_.step;
    report_.epoch(result_);
    if (driver_.loss == std::numeric_limits<double>::infinity()) driver_.loss = loss.total();
  }
  worker.barrier();
}

// --- an epoch
// -------------------------------------------------------------------------------------------------------

void Trainer::train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::uint64_t epoch) {
  worker.barrier();
  if (index == 0) {
    watch_ = {};
    accesses_before_ = accesses(store_);
  }
  std::optional<apps::Progress> progress;
  if (place(index).index == 0) {
    progress.emplace("epoch " + std::to_string(epoch) + "/" + std::to_string(last_epoch_), "cells",
                     static_cast<double>(data_.train_cells));
  }
  learner.learn_epoch(epoch, static_cast<float>(driver_.step), progress ? &*progress : nullptr);
  worker.wait_all();
  worker.barrier();
  if (index == 0) end_epoch(epoch);
}

void Trainer::end_epoch(std::uint64_t epoch) {
  const AccessCounts now = accesses(store_);
  const auto since = [&](std::uint64_t AccessCounts::*count) {
    return static_cast<double>(now.*count - accesses_before_.*count);
  };
  const double local = since(&AccessCounts::local) + since(&AccessCounts::replica);
  const double elsewhere = since(&AccessCounts::neighbour) + since(&AccessCounts::remote);
  const double seconds = store_.rank() == 0 ? watch_.elapsed().count() : 0;
  std::array<double, 3> sums = {local, local + elsewhere, seconds};
  store_.allreduce(sums);
  epochs_done_ = epoch;
  result_.epoch = epoch;
  result_.trained = true;
  result_.local_share = sums[1] > 0 ? sums[0] / sums[1] : 1;
  result_.seconds = apps::Seconds(sums[2]);
  result_.total_seconds += result_.seconds;
  result_.step = driver_.step;
  watch_ = {};
}

void Trainer::evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) {
  const Loss& loss = evaluator_.measure(worker, index);
  if (index == 0) {
    result_.loss = loss;
    result_.evaluation_seconds = watch_.elapsed();
    report_.epoch(result_);
    if (!std::isfinite(loss.total()) && store_.rank() == 0) {
      throw std::runtime_error("the training loss is no longer a number: choose a smaller --step");
    }
    const double step = driver_.step;
    driver_.observe(loss.total());
    if (options_.fixed_step) driver_.step = step;
    const apps::TimeBudget budget{apps::Seconds(options_.max_runtime)};
    stop_ = budget.ends(result_.total_seconds, result_.seconds);
    if (stop_ && epoch < last_epoch_) report_.note("stopping: another epoch would exceed --max-runtime");
  }
  worker.barrier();
}

// --- the model
// ------------------------------------------------------------------------------------------------------

void Trainer::write(Worker<float>& worker, std::size_t index, const std::string& suffix, bool with_text) {
  worker.wait_sync();
  worker.barrier();
  if (place(index).index != 0) return;
  const std::string prefix = options_.write_factors + suffix;
  write_binary(worker, prefix + ".bin");
  if (with_text) {
    write_text(worker, prefix + ".rows.txt", 0, shape_.column_key(0), data_.row_ids);
    write_text(worker, prefix + ".columns.txt", shape_.column_key(0), shape_.num_keys(), data_.column_ids);
  }
  report_.note("wrote " + prefix + ".bin" + (with_text ? " and .rows.txt, .columns.txt" : ""));
}

void Trainer::write_binary(Worker<float>& worker, const std::string& path) {
  const bool has_ids = !data_.row_ids.empty();
  FactorsWriter file(path, {shape_, !options_.write_without_state, has_ids, epochs_done_, driver_});
  std::vector<float> values;
  std::vector<float> half;
  const auto write_part = [&](std::size_t begin) {  // of each value, `rank` floats from `begin` on
    for_each_portion(0, shape_.num_keys(), shape_.value_length(), [&](KeySpan keys, std::size_t) {
      values.resize(keys.size() * shape_.value_length());
      half.resize(keys.size() * shape_.rank);
      worker.wait(worker.pull(keys, values));
      for (std::size_t i = 0; i < keys.size(); ++i) {
        std::copy_n(&values[i * shape_.value_length() + begin], shape_.rank, &half[i * shape_.rank]);
      }
      file.add(half);
    });
  };
  write_part(0);
  if (!options_.write_without_state) write_part(shape_.rank);
  file.finish(data_.row_ids, data_.column_ids);
}

void Trainer::write_text(Worker<float>& worker, const std::string& path, Key first, Key last,
                         const std::vector<std::int64_t>& ids) {
  apps::AtomicFile file(path);
  std::vector<float> values;
  std::string text;
  for_each_portion(first, last, shape_.value_length(), [&](KeySpan keys, std::size_t) {
    values.resize(keys.size() * shape_.value_length());
    worker.wait(worker.pull(keys, values));
    text.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto index = static_cast<std::size_t>(keys[i] - first);
      const std::int64_t id = ids.empty() ? static_cast<std::int64_t>(index) + 1 : ids[index];
      append_text_row(text, id,
                      std::span<const float>(values).subspan(i * shape_.value_length(), shape_.rank));
    }
    file.write(text);
  });
  file.commit();
}

}  // namespace adapm::mf
