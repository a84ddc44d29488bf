#include "matrix_factorization/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "common/atomic_file.hpp"
#include "common/fingerprint.hpp"
#include "common/pull_range.hpp"
#include "common/random.hpp"
#include "matrix_factorization/learner.hpp"

namespace adapm::mf {

Trainer::Trainer(const MfOptions& options, Dataset& data, const Shape& shape,
                 const std::optional<FactorsHeader>& trained, Store<float>& store, Report& report)
    : apps::Trainer(options, store, report, static_cast<double>(data.train_cells),
                    trained ? trained->epochs : 0),
      options_(options),
      data_(data),
      shape_(shape),
      trained_(trained),
      report_(report),
      first_rank_(store.rank() == 0),
      evaluator_(data, shape, options.lambda, store, team()),
      column_regularisers_(regularisers(static_cast<float>(options.lambda), data.column_cells)),
      driver_{options.step} {
  if (trained && trained->has_state) driver_ = trained->driver;
}

// --- before training -------------------------------------------------------------------------------------

void Trainer::initialise(Worker<float>& worker, std::size_t index) {
  if (trained_) {
    set_trained(worker, index);
  } else {
    set_initial(worker, index);
  }
}

/// Normal weights that follow from the seed and the key alone, so that a run begins with the same model
/// however many ranks and threads there are.
void Trainer::set_initial(Worker<float>& worker, std::size_t index) {
  const double deviation = std::sqrt(options_.init_scale / std::sqrt(static_cast<double>(shape_.rank)));
  std::vector<float> value(shape_.value_length());
  team().for_each_home_key(index, shape_.num_keys(), [&](Key key) {
    apps::Random random({static_cast<std::uint64_t>(options_.seed), 3, key});
    for (std::size_t i = 0; i < shape_.rank; ++i) value[i] = static_cast<float>(deviation * random.normal());
    worker.set({&key, 1}, value);
  });
}

void Trainer::set_trained(Worker<float>& worker, std::size_t index) {
  FactorsReader file(options_.init_from);
  const apps::Share share = apps::share_of(static_cast<std::size_t>(shape_.num_keys()), team().place(index));
  std::vector<float> weights;
  std::vector<float> state;
  std::vector<float> values;
  apps::for_each_portion({share.begin, share.end}, shape_.value_length(), [&](KeySpan keys) {
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

std::unique_ptr<apps::Learner> Trainer::make_learner(Worker<float>& worker, std::size_t index) {
  WorkerCells& cells = data_.workers[index];
  announce_rows(worker, cells);
  const LearnerSetting setting{data_,
                               shape_,
                               static_cast<std::uint64_t>(options_.seed),
                               first_epoch(),
                               driver_,
                               static_cast<float>(options_.lambda),
                               static_cast<std::size_t>(options_.batch),
                               static_cast<std::size_t>(options_.intent_ahead),
                               column_regularisers_};
  const apps::WorkerPlace place = team().place(index);
  if (options_.algorithm == "dsgd") return make_dsgd(worker, cells, setting, place);
  if (options_.algorithm == "columnwise") return make_columnwise(worker, cells, setting, place);
  return make_plain_sgd(worker, cells, setting, place);
}

void Trainer::announce_rows(Worker<float>& worker, const WorkerCells& cells) {
  if (options_.intent_ahead == 0) return;
  apps::for_each_portion(shape_.row_keys(cells.first_row, cells.last_row), shape_.value_length(),
                         [&](KeySpan keys) { worker.intent(keys, worker.current_clock(), clock_forever); });
}

// --- an epoch --------------------------------------------------------------------------------------------

void Trainer::end_epoch(const apps::EpochMeasures& measures, std::span<const double> /*sums*/) {
  measures_ = measures;
}

/// The step of the next epoch depends on the loss after this one.
bool Trainer::evaluation_due(std::uint64_t /*epoch*/, bool /*last*/) const { return true; }

void Trainer::evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) {
  const apps::Stopwatch watch;
  const Loss& loss = evaluator_.measure(worker, index);
  if (index == 0) take_loss(epoch, loss, watch.elapsed());
}

void Trainer::take_loss(std::uint64_t epoch, const Loss& loss, apps::Seconds evaluation_seconds) {
  if (epoch < first_epoch()) {
    report_.initial(epoch, loss, driver_.step);
    if (std::isinf(driver_.loss)) driver_.loss = loss.total();
    return;
  }
  report_.epoch(measures_, loss, driver_.step, evaluation_seconds);
  if (!std::isfinite(loss.total()) && first_rank_) {
    throw std::runtime_error("the training loss is no longer a number: choose a smaller --step");
  }
  const double step = driver_.step;
  driver_.observe(loss.total());
  if (options_.fixed_step) driver_.step = step;
}

// --- the model -------------------------------------------------------------------------------------------

void Trainer::write(Worker<float>& worker, const std::string& suffix) {
  const std::string prefix = options_.output + suffix;
  const bool with_text = options_.write_text && suffix.empty();
  write_binary(worker, prefix + ".bin");
  if (with_text) {
    write_text(worker, prefix + ".rows.txt", shape_.row_keys(0, shape_.rows), data_.row_ids);
    write_text(worker, prefix + ".columns.txt", shape_.column_keys(0, shape_.columns), data_.column_ids);
  }
  report_.note("wrote " + prefix + ".bin" + (with_text ? " and .rows.txt, .columns.txt" : ""));
}

apps::Settings Trainer::settings() const {
  apps::Fingerprint cells;
  for (const std::uint32_t count : data_.row_cells) cells.add(count);
  for (const std::uint32_t count : data_.column_cells) cells.add(count);
  return {{"--train", "of " + std::to_string(data_.rows) + " x " + std::to_string(data_.columns) + " with " +
                          std::to_string(data_.train_cells) + " cells (" + cells.text() + ")"},
          {"--rank", std::to_string(options_.rank)},
          {"--algorithm", options_.algorithm},
          {"--seed", std::to_string(options_.seed)}};
}

void Trainer::set_state_of_program(std::span<const double> state) {
  if (state.size() == 2) driver_ = {state[0], state[1]};
}

void Trainer::write_binary(Worker<float>& worker, const std::string& path) {
  const bool has_ids = !data_.row_ids.empty();
  FactorsWriter file(path, {shape_, !options_.write_without_state, has_ids, state().epochs, driver_});
  const KeyRange all{0, shape_.num_keys()};
  const auto write_part = [&](std::size_t begin) {  // of each value, `rank` floats from `begin` on
    apps::pull_range(worker, all, shape_.value_length(),
                     [&](Key, std::span<const float> value) { file.add(value.subspan(begin, shape_.rank)); });
  };
  write_part(0);
  if (!options_.write_without_state) write_part(shape_.rank);
  file.finish(data_.row_ids, data_.column_ids);
}

void Trainer::write_text(Worker<float>& worker, const std::string& path, KeyRange keys,
                         const std::vector<std::int64_t>& ids) {
  apps::AtomicFile file(path);
  std::string line;
  apps::pull_range(worker, keys, shape_.value_length(), [&](Key key, std::span<const float> value) {
    const auto index = static_cast<std::size_t>(key - keys.begin);
    line.clear();
    append_text_row(line, ids.empty() ? static_cast<std::int64_t>(index) + 1 : ids[index],
                    value.first(shape_.rank));
    file.write(line);
  });
  file.commit();
}

}  // namespace adapm::mf
