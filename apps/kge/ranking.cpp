#include "kge/ranking.hpp"

#include <algorithm>
#include <cstring>

#include "common/multiversion.hpp"

namespace adapm::kge {

namespace {

constexpr std::size_t width = EntityPanels::width;
constexpr std::size_t tile_queries = 4;
constexpr std::size_t chunk_panels = 64;  // scores of a batch and a chunk: 128 KB
constexpr std::size_t chunk_entities = chunk_panels * width;

// Eight floats; the compiler makes of it what the processor has.
using Lanes [[gnu::vector_size(32), gnu::aligned(4), gnu::may_alias]] = float;

/// scores[q][e] for `num_queries` queries (a multiple of tile_queries) and the entities of consecutive
/// panels. The order of additions is the same for every score, so equal entities score equally.
ADAPM_MULTIVERSION
void score(const float* panels, std::size_t num_panels, std::size_t dim, const float* queries,
           std::size_t num_queries, float* scores, std::size_t row_length) {
  for (std::size_t p = 0; p < num_panels; ++p) {
    const float* const panel = panels + p * width * dim;
    for (std::size_t q = 0; q < num_queries; q += tile_queries) {
      Lanes sums[tile_queries][2] = {};
      for (std::size_t k = 0; k < dim; ++k) {
        const Lanes low = *reinterpret_cast<const Lanes*>(panel + k * width);
        const Lanes high = *reinterpret_cast<const Lanes*>(panel + k * width + width / 2);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < tile_queries; ++i) {
          const float weight = queries[(q + i) * dim + k];
          sums[i][0] += weight * low;
          sums[i][1] += weight * high;
        }
      }
#pragma GCC unroll 4
      for (std::size_t i = 0; i < tile_queries; ++i) {
        std::memcpy(scores + (q + i) * row_length + p * width, sums[i], sizeof sums[i]);
      }
    }
  }
}

bool better(float score, float target) { return !(score <= target); }

/// How many of `scores` are better than `target`, and how many equal it.
ADAPM_MULTIVERSION
void count(const float* scores, std::size_t n, float target, std::size_t& better_count,
           std::size_t& tie_count) {
  unsigned num_better = 0;
  unsigned num_ties = 0;
  for (std::size_t i = 0; i < n; ++i) {
    num_better += !(scores[i] <= target) ? 1U : 0U;
    num_ties += scores[i] == target ? 1U : 0U;
  }
  better_count += num_better;
  tie_count += num_ties;
}

std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace

EntityPanels::EntityPanels(std::size_t num_entities, std::size_t dim)
    : num_entities_(num_entities), dim_(dim), panels_(round_up(num_entities, width) * dim) {}

void EntityPanels::set(std::size_t entity, const float* weights) {
  float* const column = panels_.data() + entity / width * width * dim_ + entity % width;
  for (std::size_t k = 0; k < dim_; ++k) column[k * width] = weights[k];
}

void EntityPanels::get(std::size_t entity, float* weights) const {
  const float* const column = panel(entity / width) + entity % width;
  for (std::size_t k = 0; k < dim_; ++k) weights[k] = column[k * width];
}

Ranker::Ranker(const EntityPanels& panels)
    : panels_(panels), queries_(max_queries * panels.dim()), scores_(max_queries * chunk_entities) {}

void Ranker::find_target_scores(std::span<const RankQuery> queries) {
  const std::size_t dim = panels_.dim();
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::size_t target = queries[i].target;
    const std::size_t tile = i / tile_queries * tile_queries;
    score(panels_.panel(target / width), 1, dim, queries_.data() + tile * dim, tile_queries, scores_.data(),
          width);
    target_scores_[i] = scores_[(i - tile) * width + target % width];
  }
}

void Ranker::count_chunk(std::size_t first_entity, std::span<const RankQuery> queries) {
  const std::size_t entities = std::min(chunk_entities, panels_.num_entities() - first_entity);
  score(panels_.panel(first_entity / width), round_up(entities, width) / width, panels_.dim(),
        queries_.data(), round_up(queries.size(), tile_queries), scores_.data(), chunk_entities);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const float* const row = scores_.data() + i * chunk_entities;
    const float target = target_scores_[i];
    count(row, entities, target, all_[i].better, all_[i].ties);
    const std::span<const Id> known = queries[i].known;
    for (std::size_t& k = next_known_[i]; k < known.size() && known[k] < first_entity + entities; ++k) {
      if (known[k] == queries[i].target) continue;
      const float other = row[known[k] - first_entity];
      known_[i].better += better(other, target) ? 1U : 0U;
      known_[i].ties += other == target ? 1U : 0U;
    }
  }
}

void Ranker::rank(std::span<const RankQuery> queries, std::span<Ranks> results) {
  all_.fill({});
  known_.fill({});
  next_known_.fill(0);
  find_target_scores(queries);
  for (std::size_t first = 0; first < panels_.num_entities(); first += chunk_entities)
    count_chunk(first, queries);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    // The target counted itself: as a tie, or, if its score is not a number, as better than itself.
    const auto better_count = static_cast<double>(all_[i].better);
    const auto tie_count = static_cast<double>(all_[i].ties);
    const double raw = all_[i].ties > 0 ? 1 + better_count + (tie_count - 1) / 2 : better_count;
    const double known = static_cast<double>(known_[i].better) + static_cast<double>(known_[i].ties) / 2;
    results[i] = {raw, raw - known};
  }
}

void RankMeasures::add(double rank) {
  constexpr std::array<double, 3> limits = {1, 3, 10};
  count += 1;
  reciprocal_sum += 1 / rank;
  rank_sum += rank;
  for (std::size_t i = 0; i < limits.size(); ++i) hits[i] += rank <= limits[i] ? 1 : 0;
}

RankMeasures& RankMeasures::operator+=(const RankMeasures& other) {
  count += other.count;
  reciprocal_sum += other.reciprocal_sum;
  rank_sum += other.rank_sum;
  for (std::size_t i = 0; i < hits.size(); ++i) hits[i] += other.hits[i];
  return *this;
}

}  // namespace adapm::kge
