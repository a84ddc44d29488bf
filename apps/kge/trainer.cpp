#include "kge/trainer.hpp"

#include <algorithm>

#include "common/fingerprint.hpp"
#include "common/program.hpp"
#include "common/pull_range.hpp"
#include "kge/initial_values.hpp"
#include "kge/learner.hpp"

namespace adapm::kge {

namespace {

/// All entities alike. Has no range(), although every key of one can be drawn: where `local` looks on from a
/// key that is far, entities behind a gap become far more likely than others, which costs kge a tenth of its
/// MRR.
class AnyEntity final : public Distribution {
 public:
  explicit AnyEntity(KeyRange entities) : entities_(entities) {}
  Key draw(Generator& random) const override { return entities_.begin + random.below(entities_.size()); }

 private:
  const KeyRange entities_;
};

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
    : apps::Trainer(options, store, report, static_cast<double>(data.train.size())),
      options_(options),
      data_(data),
      shape_(shape),
      trained_(trained),
      report_(report) {
  store.set_distribution(std::make_shared<AnyEntity>(shape.entities()));
  const auto add_split = [&](const char* name, const std::vector<Triple>& triples) {
    if (!wanted(options, name) || triples.empty()) return;
    const auto limit = static_cast<std::size_t>(options.eval_max);
    splits_.push_back(
        {name, std::span(triples).first(limit == 0 ? triples.size() : std::min(limit, triples.size()))});
  };
  add_split("valid", data.valid);
  add_split("test", data.test);
  const bool evaluates = options.eval_initial || options.eval_every > 0 || !options.no_final_eval;
  if (evaluates && !splits_.empty()) evaluator_.emplace(shape, data, store, team());
}

void Trainer::initialise(Worker<float>& worker, std::size_t index) {
  const auto seed = static_cast<std::uint64_t>(options_.seed);
  const auto sum = static_cast<float>(options_.initial_sum);
  const InitialValues initial = trained_ != nullptr ? InitialValues(*trained_, sum)
                                                    : InitialValues(shape_, seed, options_.init_scale, sum);
  std::vector<float> value;
  team().for_each_home_key(index, shape_.num_keys(), [&](Key key) {
    value.resize(2 * shape_.weights(key));
    initial.get(key, value);
    worker.set({&key, 1}, value);
  });
}

std::unique_ptr<apps::Learner> Trainer::make_learner(Worker<float>& worker, std::size_t index) {
  LearnerOptions options;
  options.negatives = static_cast<std::size_t>(options_.negatives);
  options.learning_rate = static_cast<float>(options_.learning_rate);
  options.reg_entity = static_cast<float>(options_.reg_entity);
  options.reg_relation = static_cast<float>(options_.reg_relation);
  options.dropout_entity = options_.dropout_entity;
  options.dropout_relation = options_.dropout_relation;
  options.intent_ahead = static_cast<std::size_t>(options_.intent_ahead);
  options.seed = static_cast<std::uint64_t>(options_.seed);
  options.place = team().place(index);
  PointStream stream(data_.train, shape_, options.seed, options.place, first_epoch());
  for (std::uint64_t step = 0; step < steps_done(index); ++step) stream.next();
  return std::make_unique<Learner>(worker, shape_, options, std::move(stream),
                                   last_epoch() + 1 - first_epoch(), steps_done(index));
}

void Trainer::end_epoch(const apps::EpochMeasures& measures, std::span<const double> sums) {
  const auto triples = static_cast<double>(data_.train.size());
  const double examples = triples * static_cast<double>(1 + 2 * options_.negatives);
  report_.epoch(measures, triples, {sums[0] / examples, sums[1] / examples});
}

bool Trainer::evaluation_due(std::uint64_t epoch, bool last) const {
  if (last && !options_.no_final_eval) return true;
  if (epoch < first_epoch()) return options_.eval_initial;
  return options_.eval_every > 0 && epoch % static_cast<std::uint64_t>(options_.eval_every) == 0;
}

void Trainer::evaluate(Worker<float>& worker, std::size_t index, std::uint64_t epoch) {
  if (!evaluator_) return;
  apps::Stopwatch watch;
  evaluator_->copy_model(worker, index);
  for (const Split& split : splits_) {
    const Scores& scores = evaluator_->rank(worker, index, split.triples);
    if (index == 0) report_.evaluation(epoch, split.name, scores, watch.elapsed());
    watch = {};
  }
  if (index == 0) evaluator_->drop_model();
}

void Trainer::write(Worker<float>& worker, const std::string& suffix) {
  Embeddings model;
  model.shape = shape_;
  model.weights.resize(Embeddings::total_weights(shape_));
  if (!options_.write_without_state) model.state.resize(model.weights.size());
  for (const KeyRange keys : {shape_.entities(), shape_.relations()}) {
    const std::size_t weights = shape_.weights(keys.begin);
    apps::pull_range(worker, keys, 2 * weights, [&](Key key, std::span<const float> value) {
      std::copy_n(value.data(), weights, model.weights.data() + model.offset(key));
      if (model.state.empty()) return;
      std::copy_n(value.data() + weights, weights, model.state.data() + model.offset(key));
    });
  }
  const std::string prefix = options_.output + suffix;
  const bool with_text = options_.write_text && suffix.empty();
  write_embeddings(prefix + ".bin", model);
  if (with_text) write_embeddings_text(prefix, model, data_.entity_names, data_.relation_names);
  report_.note("wrote " + prefix + ".bin" + (with_text ? " and .entities.txt, .relations.txt" : ""));
}

apps::Settings Trainer::settings() const {
  apps::Fingerprint triples;
  for (const Triple& triple : data_.train)
    triples.add(triple.subject).add(triple.relation).add(triple.object);
  return {
      {"--dataset", "of " + std::to_string(data_.num_entities) + " entities, " +
                        std::to_string(data_.num_relations) + " relations and " +
                        std::to_string(data_.train.size()) + " training triples (" + triples.text() + ")"},
      {"--model", options_.model},
      {"--dim", std::to_string(options_.dim)},
      {"--seed", std::to_string(options_.seed)}};
}

}  // namespace adapm::kge
