#include "kge/learner.hpp"

#include <algorithm>
#include <utility>

#include "kge/adagrad.hpp"

namespace adapm::kge {

namespace {

/// The rows of a point in a buffer whose rows are `factor` times as long as the weights.
template <class Float>
PointRows<Float> rows(const Shape& shape, std::size_t negatives, Float* buffer, std::size_t factor) {
  const std::size_t entity = factor * shape.dim;
  Float* const relation = buffer + entity;
  Float* const object = relation + factor * shape.relation_weights();
  Float* const corrupted = object + entity;
  return {buffer, relation, object, corrupted, corrupted + negatives * entity, entity};
}

std::size_t keys_per_point(std::size_t negatives) { return 3 + 2 * negatives; }

std::size_t weights_per_triple(const Shape& shape) { return 2 * shape.dim + shape.relation_weights(); }

std::size_t weights_per_point(const Shape& shape, std::size_t negatives) {
  return weights_per_triple(shape) + 2 * negatives * shape.dim;
}

/// Calls `visit(row, weights, is_relation)` for the rows of a point; `row` counts weights.
template <class Visit>
void for_each_row(const Shape& shape, std::size_t negatives, Visit visit) {
  std::size_t row = 0;
  for (std::size_t i = 0; i < keys_per_point(negatives); ++i) {
    const std::size_t weights = i == 1 ? shape.relation_weights() : shape.dim;
    visit(row, weights, i == 1);
    row += weights;
  }
}

}  // namespace

Learner::Learner(Worker<float>& worker, const Shape& shape, const LearnerOptions& options, PointStream stream,
                 std::size_t epochs, std::size_t points_done)
    : worker_(worker),
      shape_(shape),
      options_(options),
      points_per_epoch_(stream.points_per_epoch()),
      queue_(worker, std::move(stream), shape.num_keys(), 2 * options.negatives, options.intent_ahead,
             epochs * points_per_epoch_ - points_done),
      model_(make_model(shape.kind, shape.dim)),
      pushes_(worker),
      keys_(keys_per_point(options.negatives)),
      values_(2 * weights_per_point(shape, options.negatives)),
      updates_(values_.size()),
      gradients_(values_.size() / 2) {
  if (options_.dropout_entity > 0 || options_.dropout_relation > 0) {
    dropped_.resize(gradients_.size());
    mask_.resize(gradients_.size());
  }
}

std::vector<double> Learner::learn_epoch(apps::RunningEpoch& epoch) {
  constexpr std::size_t points_between_looks = 64;
  Loss loss;
  for (; epoch.steps() < points_per_epoch_; epoch.count_step()) {
    if (epoch.steps() % points_between_looks == 0) {
      if (epoch.is_interrupted()) break;
      dropout_random_ = apps::Random({options_.seed, 4, options_.place.index, epoch.number(), epoch.steps()});
      epoch.update(static_cast<double>(epoch.steps() * options_.place.count));
    }
    loss += learn_point();
  }
  return {loss.logistic, loss.penalty};
}

Loss Learner::learn_point() {
  pull(queue_.take());
  const std::size_t negatives = options_.negatives;
  const PointRows<float> gradients = rows(shape_, negatives, gradients_.data(), 1);
  Loss loss;
  if (mask_.empty()) {
    loss.logistic =
        model_->gradients(negatives, rows<const float>(shape_, negatives, values_.data(), 2), gradients);
  } else {
    drop_out();
    loss.logistic =
        model_->gradients(negatives, rows<const float>(shape_, negatives, dropped_.data(), 1), gradients);
    mask_gradients();
  }
  loss.penalty = add_penalties();
  step();
  pushes_.push(keys_, updates_);
  worker_.advance_clock();
  return loss;
}

void Learner::pull(const Point& point) {
  const auto corrupted = std::copy(point.triple.begin(), point.triple.end(), keys_.begin());
  const std::span<float> values(values_);
  const std::size_t of_triple = 2 * weights_per_triple(shape_);
  const Ticket sample =
      worker_.pull_sample(point.corrupted, {corrupted, keys_.end()}, values.subspan(of_triple));
  worker_.wait(worker_.pull(point.triple, values.first(of_triple)));
  worker_.wait(sample);
}

void Learner::drop_out() {
  for_each_row(shape_, options_.negatives, [&](std::size_t row, std::size_t weights, bool is_relation) {
    const double rate = is_relation ? options_.dropout_relation : options_.dropout_entity;
    const auto kept = static_cast<float>(1 / (1 - rate));  // keeps the expectation
    const auto limit = static_cast<std::uint32_t>(rate * 0x1p16);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < weights; ++i) {
      bits = i % 4 == 0 ? dropout_random_() : bits >> 16;  // 16 random bits a weight
      mask_[row + i] = (bits & 0xffff) < limit ? 0 : kept;
      dropped_[row + i] = mask_[row + i] * values_[2 * row + i];
    }
  });
}

void Learner::mask_gradients() {
  for (std::size_t i = 0; i < mask_.size(); ++i) gradients_[i] *= mask_[i];
}

double Learner::add_penalties() {
  const auto weights = rows<const float>(shape_, options_.negatives, values_.data(), 2);
  const auto gradients = rows(shape_, options_.negatives, gradients_.data(), 1);
  double penalty = 0;
  if (options_.reg_entity > 0) {
    penalty += add_l2(options_.reg_entity, weights.subject, shape_.dim, gradients.subject);
    penalty += add_l2(options_.reg_entity, weights.object, shape_.dim, gradients.object);
  }
  if (options_.reg_relation > 0) {
    penalty += add_l2(options_.reg_relation, weights.relation, shape_.relation_weights(), gradients.relation);
  }
  return penalty;
}

void Learner::step() {
  for_each_row(shape_, options_.negatives, [&](std::size_t row, std::size_t weights, bool) {
    adagrad_update(options_.learning_rate, values_.data() + 2 * row, gradients_.data() + row, weights,
                   updates_.data() + 2 * row);
  });
}

}  // namespace adapm::kge
