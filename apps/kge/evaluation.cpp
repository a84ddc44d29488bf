#include "kge/evaluation.hpp"

#include <algorithm>
#include <array>

#include "common/pull_range.hpp"
#include "kge/model.hpp"

namespace adapm::kge {

namespace {

std::array<RankMeasures*, 4> parts(Scores& scores) {
  return {&scores.subject.raw, &scores.subject.filtered, &scores.object.raw, &scores.object.filtered};
}

/// Sums `scores` over all ranks.
void sum_over_ranks(Store<float>& store, Scores& scores) {
  std::vector<double> values;
  for (const RankMeasures* part : parts(scores)) {
    values.insert(values.end(), {part->count, part->reciprocal_sum, part->rank_sum});
    values.insert(values.end(), part->hits.begin(), part->hits.end());
  }
  store.allreduce(values);
  const double* value = values.data();
  for (RankMeasures* part : parts(scores)) {
    part->count = *value++;
    part->reciprocal_sum = *value++;
    part->rank_sum = *value++;
    for (double& hits : part->hits) hits = *value++;
  }
}

}  // namespace

Scores& Scores::operator+=(const Scores& other) {
  subject.raw += other.subject.raw;
  subject.filtered += other.subject.filtered;
  object.raw += other.object.raw;
  object.filtered += other.object.filtered;
  return *this;
}

Evaluator::Evaluator(const Shape& shape, const Dataset& data, Store<float>& store, const apps::Team& team)
    : shape_(shape), known_(data), store_(store), team_(team), partial_(team.threads) {}

void Evaluator::copy_model(Worker<float>& worker, std::size_t index) {
  worker.wait_all();
  worker.wait_sync();
  if (index == 0) {
    entities_ = std::make_unique<EntityPanels>(shape_.num_entities, shape_.dim);
    relations_.resize(std::size_t{shape_.num_relations} * shape_.relation_weights());
  }
  worker.barrier();
  const auto share = [&](KeyRange keys) {
    const apps::Share part = apps::share_of(static_cast<std::size_t>(keys.size()), {index, team_.threads});
    return KeyRange{keys.begin + part.begin, keys.begin + part.end};
  };
  apps::pull_range(worker, share(shape_.entities()), 2 * shape_.dim,
                   [&](Key key, std::span<const float> value) {
                     entities_->set(static_cast<std::size_t>(key), value.data());
                   });
  const std::size_t weights = shape_.relation_weights();
  apps::pull_range(worker, share(shape_.relations()), 2 * weights,
                   [&](Key key, std::span<const float> value) {
                     const auto relation = static_cast<std::size_t>(key - shape_.num_entities);
                     std::copy_n(value.data(), weights, &relations_[relation * weights]);
                   });
  worker.barrier();
}

const Scores& Evaluator::rank(Worker<float>& worker, std::size_t index, std::span<const Triple> triples) {
  const apps::Share share = team_.rank_share(triples.size());
  partial_[index] = rank_share(triples.subspan(share.begin, share.size()));
  worker.barrier();
  if (index == 0) {
    total_ = {};
    for (const Scores& partial : partial_) total_ += partial;
    sum_over_ranks(store_, total_);
    next_ = 0;
  }
  worker.barrier();
  return total_;
}

void Evaluator::drop_model() {
  entities_.reset();
  relations_ = {};
}

Scores Evaluator::rank_share(std::span<const Triple> triples) {
  const auto model = make_model(shape_.kind, shape_.dim);
  Ranker ranker(*entities_);
  std::vector<float> entity(shape_.dim);
  std::array<RankQuery, Ranker::max_queries> queries;
  std::array<Ranks, Ranker::max_queries> ranks;
  Scores scores;
  const auto finish = [&](std::size_t count, Scores::Side& side) {
    ranker.rank(std::span(queries).first(count), std::span(ranks).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      side.raw.add(ranks[i].raw);
      side.filtered.add(ranks[i].filtered);
    }
  };
  for (;;) {
    const std::size_t begin = std::min(next_.fetch_add(Ranker::max_queries), triples.size());
    const auto batch = triples.subspan(begin, std::min(Ranker::max_queries, triples.size() - begin));
    if (batch.empty()) return scores;
    const auto relation = [&](const Triple& t) {
      return &relations_[t.relation * shape_.relation_weights()];
    };
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Triple& triple = batch[i];
      entities_->get(triple.subject, entity.data());
      model->object_query(entity.data(), relation(triple), ranker.query(i));
      queries[i] = {triple.object, known_.objects(triple.subject, triple.relation)};
    }
    finish(batch.size(), scores.object);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Triple& triple = batch[i];
      entities_->get(triple.object, entity.data());
      model->subject_query(relation(triple), entity.data(), ranker.query(i));
      queries[i] = {triple.subject, known_.subjects(triple.relation, triple.object)};
    }
    finish(batch.size(), scores.subject);
  }
}

}  // namespace adapm::kge
