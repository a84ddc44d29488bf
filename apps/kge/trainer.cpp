#include "kge/trainer.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "common/program.hpp"
#include "common/progress.hpp"
#include "kge/initial_values.hpp"
#include "kge/model_reader.hpp"

namespace adapm::kge {

namespace {

/// All entities alike. Has no range(), although every key of one can be drawn: where `local` looks on from a key that
/// is far, entities behind a gap become far more likely than others, which costs kge a tenth of its MRR.
class AnyEntity final : public Distribution {
 public:
  explicit AnyEntity(const Shape& shape) : entities_{shape.entity_key(0), shape.entity_key(shape.num_entities)} {}
  Key draw(Generator& random) const override { return entities_.begin + random.below(entities_.size()); }

 private:
  const KeyRange entities_;
};

AccessCounts accesses(const Store<float>& store) {
  const Statistics statistics = store.statistics();
  AccessCounts counts = statistics.pulled;
  return counts += statistics.pushed;
}

bool wanted(const KgeOptions& options, const char* split) {
  return options.eval_split == split || options.eval_split == "both";
}

}  // namespace

void check_evaluation(const KgeOptions& options, const Dataset& data) {
  const bool asked = options.eval_every > 0 || options.eval_initial || options.eval_split != "valid";
  const auto check = [&](const char* split, const std::vector<Triple>& triples) {
    if (!asked || !wanted(options, split) || !triples.empty()) return;
    throw apps::InputError("evaluation is asked for, but " + options.dataset + " has no " + split +
                           " triples: add the file, or see --eval-split, --eval-every and --eval-initial");
  };
  check("valid", data.valid);
  check("test", data.test);
}

Trainer::Trainer(const KgeOptions& options, const Dataset& data, const Shape& shape,
                 const Embeddings* trained, Store<float>& store, Report& report)
    : options_(options),
      data_(data),
      shape_(shape),
      trained_(trained),
      store_(store),
      report_(report),
      losses_(static_cast<std::size_t>(options.threads)) {
  store.set_distribution(std::make_shared<AnyEntity>(shape));
  const auto add_split = [&](const char* name, const std::vector<Triple>& triples) {
    if (!wanted(options, name) || triples.empty()) return;
    const auto limit = static_cast<std::size_t>(options.eval_max);
    splits_.push_back(
        {name, std::span(triples).first(limit == 0 ? triples.size() : std::min(limit, triples.size()))});
  };
  add_split("valid", data.valid);
  add_split("test", data.test);
  const bool evaluates = options.eval_initial || options.eval_every > 0 || !options.no_final_eval;
  if (evaluates && !splits_.empty()) evaluator_.emplace(shape, data, store, losses_.size());
}

void Trainer::run() {
  run_workers(store_, static_cast<int>(options_.threads),
              [&](Worker<float>& worker, int index) { work(worker, static_cast<std::size_t>(index)); });
}

WorkerPlace Trainer::place(std::size_t index) const {
  const std::size_t threads = losses_.size();
  return {static_cast<std::size_t>(store_.rank()) * threads + index,
          static_cast<std::size_t>(store_.num_ranks()) * threads};
}

void Trainer::work(Worker<float>& worker, std::size_t index) {
  initialise(worker, index);
  if (options_.full_replication && index == 0) replicate_everything(worker);
  if (options_.eval_initial) evaluate(worker, index, 0);
  Learner learner = make_learner(worker, index);
  worker.wait_sync();  // the first intents are acted on
  bool last = options_.epochs == 0;
  for (std::int64_t epoch = 1; !last; ++epoch) {
    train_epoch(worker, learner, index, epoch);
    last = stop_ || epoch == options_.epochs;
    if (evaluation_due(epoch, last)) evaluate(worker, index, epoch);
    if (index == 0) report_.end_line();
    if (options_.write_every > 0 && epoch % options_.write_every == 0) {
      write(worker, index, ".epoch-" + std::to_string(epoch), false);
    }
  }
  if (!options_.write_embeddings.empty()) write(worker, index, "", options_.write_text);
}

void Trainer::initialise(Worker<float>& worker, std::size_t index) {
  const auto seed = static_cast<std::uint64_t>(options_.seed);
  const auto sum = static_cast<float>(options_.initial_sum);
  const InitialValues initial = trained_ != nullptr ? InitialValues(*trained_, sum)
                                                    : InitialValues(shape_, seed, options_.init_scale, sum);
  const auto ranks = static_cast<Key>(store_.num_ranks());
  const Key step = ranks * losses_.size();
  std::vector<float> value;
  worker.begin_setup();
  // Keys whose main copy is on this rank.
  for (Key key = static_cast<Key>(store_.rank()) + ranks * index; key < shape_.num_keys(); key += step) {
    value.resize(2 * shape_.weights(key));
    initial.get(key, value);
    worker.set({&key, 1}, value);
  }
  worker.wait_all();
  worker.end_setup();
}

void Trainer::replicate_everything(Worker<float>& worker) {
  std::vector<Key> keys(static_cast<std::size_t>(shape_.num_keys()));
  std::iota(keys.begin(), keys.end(), Key{0});
  worker.intent(keys, worker.current_clock(), clock_forever);
}

Learner Trainer::make_learner(Worker<float>& worker, std::size_t index) const {
  const auto seed = static_cast<std::uint64_t>(options_.seed);
  LearnerOptions options;
  options.negatives = static_cast<std::size_t>(options_.negatives);
  options.learning_rate = static_cast<float>(options_.learning_rate);
  options.reg_entity = static_cast<float>(options_.reg_entity);
  options.reg_relation = static_cast<float>(options_.reg_relation);
  options.dropout_entity = options_.dropout_entity;
  options.dropout_relation = options_.dropout_relation;
  options.intent_ahead = static_cast<std::size_t>(options_.intent_ahead);
  options.dropout_seed = seed + place(index).index;
  PointStream stream(data_.train, shape_, seed, place(index));
  const std::size_t total = stream.points_per_epoch() * static_cast<std::size_t>(options_.epochs);
  return Learner(worker, shape_, options, std::move(stream), total);
}

void Trainer::train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::int64_t epoch) {
  worker.barrier();
  if (index == 0) {
    epoch_watch_ = {};
    accesses_before_ = accesses(store_);
  }
  const std::size_t points = share_of(data_.train.size(), place(index)).size();
  losses_[index] = learn_points(learner, points, epoch, store_.rank() == 0 && index == 0);
  worker.wait_all();
  worker.barrier();
  if (index == 0) end_epoch(epoch);
  worker.barrier();
}

Loss Trainer::learn_points(Learner& learner, std::size_t points, std::int64_t epoch,
                           bool shows_progress) const {
  constexpr std::size_t points_between_updates = 64;
  const std::string label = "epoch " + std::to_string(epoch) + "/" + std::to_string(options_.epochs);
  const auto workers = static_cast<double>(place(0).count);
  apps::Progress progress(label, "triples", static_cast<double>(points) * workers);
  Loss loss;
  for (std::size_t i = 0; i < points; ++i) {
    loss += learner.learn_point();
    if (shows_progress && i % points_between_updates == 0) progress.update(static_cast<double>(i) * workers);
  }
  return loss;
}

void Trainer::end_epoch(std::int64_t epoch) {
  Loss loss;
  for (const Loss& part : losses_) loss += part;
  const AccessCounts now = accesses(store_);
  const auto since = [&](std::uint64_t AccessCounts::*count) {
    return static_cast<double>(now.*count - accesses_before_.*count);
  };
  const double local = since(&AccessCounts::local) + since(&AccessCounts::replica);
  const double elsewhere = since(&AccessCounts::neighbour) + since(&AccessCounts::remote);
  const double seconds = store_.rank() == 0 ? epoch_watch_.elapsed().count() : 0;
  std::array<double, 5> sums = {loss.logistic, loss.penalty, local, local + elsewhere, seconds};
  store_.allreduce(sums);

  EpochResult result;
  result.epoch = epoch;
  result.seconds = apps::Seconds(sums[4]);
  result.total_seconds = trained_seconds_ += result.seconds;
  result.triples = static_cast<double>(data_.train.size());
  const double examples = result.triples * static_cast<double>(1 + 2 * options_.negatives);
  result.logistic_loss = sums[0] / examples;
  result.penalty = sums[1] / examples;
  result.local_share = sums[3] > 0 ? sums[2] / sums[3] : 1;
  report_.epoch(result);

  const apps::TimeBudget budget{apps::Seconds(options_.max_runtime)};
  stop_ = budget.ends(result.total_seconds, result.seconds);
  if (stop_ && epoch < options_.epochs) report_.note("stopping: another epoch would exceed --max-runtime");
}

bool Trainer::evaluation_due(std::int64_t epoch, bool last) const {
  if (last && !options_.no_final_eval) return true;
  return options_.eval_every > 0 && epoch % options_.eval_every == 0;
}

void Trainer::evaluate(Worker<float>& worker, std::size_t index, std::int64_t epoch) {
  if (!evaluator_) return;
  apps::Stopwatch watch;
  evaluator_->copy_model(worker, index);
  for (const Split& split : splits_) {
    const Scores& scores = evaluator_->rank(worker, index, split.triples);
    if (index == 0) report_.evaluation(epoch, split.name, scores, watch.elapsed());
    watch = {};
  }
  if (index == 0) evaluator_->drop_model();
  if (index == 0 && epoch == 0) report_.end_line();
}

void Trainer::write(Worker<float>& worker, std::size_t index, const std::string& suffix, bool with_text) {
  worker.wait_all();
  worker.wait_sync();
  worker.barrier();
  if (place(index).index != 0) return;
  Embeddings model;
  model.shape = shape_;
  model.weights.resize(Embeddings::total_weights(shape_));
  if (!options_.write_without_state) model.state.resize(model.weights.size());
  const auto take = [&](Key key, std::span<const float> value) {
    const std::size_t weights = shape_.weights(key);
    std::copy_n(value.data(), weights, model.weights.data() + model.offset(key));
    if (!model.state.empty())
      std::copy_n(value.data() + weights, weights, model.state.data() + model.offset(key));
  };
  pull_range(worker, shape_, 0, shape_.num_entities, take);
  pull_range(worker, shape_, shape_.num_entities, shape_.num_keys(), take);
  write_embeddings(options_.write_embeddings + suffix + ".bin", model);
  if (with_text) {
    write_embeddings_text(options_.write_embeddings + suffix, model, data_.entity_names,
                          data_.relation_names);
  }
  report_.note("wrote " + options_.write_embeddings + suffix + ".bin" +
               (with_text ? " and .entities.txt, .relations.txt" : ""));
}

}  // namespace adapm::kge
