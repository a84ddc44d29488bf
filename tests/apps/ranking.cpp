#include "kge/ranking.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "common/random.hpp"

namespace adapm::kge {

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

/// Panels of one weight per entity: with the query 1, the weight is the score.
EntityPanels panels_of(const std::vector<float>& scores) {
  EntityPanels panels(scores.size(), 1);
  for (std::size_t i = 0; i < scores.size(); ++i) panels.set(i, &scores[i]);
  return panels;
}

Ranks rank_of(const std::vector<float>& scores, Id target, std::vector<Id> known = {}) {
  const EntityPanels panels = panels_of(scores);
  Ranker ranker(panels);
  ranker.query(0)[0] = 1;
  const RankQuery query{target, known};
  Ranks ranks;
  ranker.rank({&query, 1}, {&ranks, 1});
  return ranks;
}

}  // namespace

TEST_CASE("panels give back what was set") {
  EntityPanels panels(37, 5);
  std::vector<float> row(5);
  for (std::size_t e = 0; e < 37; ++e) {
    for (std::size_t k = 0; k < 5; ++k) row[k] = static_cast<float>(100 * e + k);
    panels.set(e, row.data());
  }
  for (std::size_t e = 0; e < 37; ++e) {
    panels.get(e, row.data());
    for (std::size_t k = 0; k < 5; ++k) CHECK(row[k] == static_cast<float>(100 * e + k));
  }
}

TEST_CASE("a rank counts those that score better") {
  CHECK(rank_of({1, 5, 3, 2}, 1).raw == 1);
  CHECK(rank_of({1, 5, 3, 2}, 2).raw == 2);
  CHECK(rank_of({1, 5, 3, 2}, 0).raw == 4);
}

TEST_CASE("ties count half, so a constant model ranks in the middle") {
  CHECK(rank_of({3, 3, 3, 1}, 0).raw == 2);
  CHECK(rank_of({3, 3, 3, 3, 3}, 4).raw == 3);
  CHECK(rank_of({7, 3, 3}, 1).raw == 2.5);
}

TEST_CASE("the filtered rank leaves out known entities, but not the target") {
  const Ranks ranks = rank_of({9, 8, 7, 6, 6}, 3, {0, 2, 3, 4});
  CHECK(ranks.raw == 4.5);
  CHECK(ranks.filtered == 2);
  CHECK(rank_of({9, 8, 7, 6, 6}, 3, {0, 2, 4}).filtered == 2);
  CHECK(rank_of({9, 8, 7, 6, 6}, 0, {1, 2, 3, 4}).filtered == 1);
}

TEST_CASE("a score that is not a number does not help") {
  CHECK(rank_of({not_a_number, 1, 2}, 2).raw == 2);
  CHECK(rank_of({not_a_number, 1, 2}, 0).raw == 3);
  CHECK(rank_of({not_a_number, not_a_number, not_a_number, not_a_number}, 1).raw == 4);
  CHECK(rank_of({not_a_number, 1, 2}, 2, {0}).filtered == 1);
  CHECK(rank_of({not_a_number, 1, 2}, 0, {0, 1}).filtered == 2);
}

TEST_CASE("batches of queries over many entities rank as counting does") {
  constexpr std::size_t entities = 2500;
  constexpr std::size_t dim = 6;
  apps::Random random({7});
  EntityPanels panels(entities, dim);
  std::vector<std::vector<float>> rows(entities, std::vector<float>(dim));
  for (std::size_t e = 0; e < entities; ++e) {
    for (float& weight : rows[e])
      weight = static_cast<float>(random.below(5U)) - 2;  // whole: exact, with ties
    panels.set(e, rows[e].data());
  }
  Ranker ranker(panels);
  for (const std::size_t count : {1UL, 5UL, 32UL}) {
    std::vector<std::vector<Id>> known(count);
    std::vector<RankQuery> queries(count);
    std::vector<Ranks> ranks(count);
    for (std::size_t q = 0; q < count; ++q) {
      for (std::size_t k = 0; k < dim; ++k) ranker.query(q)[k] = static_cast<float>(random.below(5U)) - 2;
      for (Id e = 0; e < entities; ++e) {
        if (random.below(10U) == 0) known[q].push_back(e);
      }
      queries[q] = {random.below(static_cast<Id>(entities)), known[q]};
    }
    ranker.rank(queries, ranks);
    for (std::size_t q = 0; q < count; ++q) {
      const auto score = [&](std::size_t e) {
        float sum = 0;
        for (std::size_t k = 0; k < dim; ++k) sum += rows[e][k] * ranker.query(q)[k];
        return sum;
      };
      double raw = 1;
      double filtered = 1;
      for (Id e = 0; e < entities; ++e) {
        if (e == queries[q].target) continue;
        const float other = score(e);
        const float target = score(queries[q].target);
        const double worse_by = other > target ? 1 : other == target ? 0.5 : 0;
        raw += worse_by;
        if (!std::binary_search(known[q].begin(), known[q].end(), e)) filtered += worse_by;
      }
      CHECK(ranks[q].raw == raw);
      CHECK(ranks[q].filtered == filtered);
    }
  }
}

TEST_CASE("equal entities score equally, wherever they are") {
  constexpr std::size_t entities = 100;
  constexpr std::size_t dim = 33;
  apps::Random random({8});
  std::vector<float> row(dim);
  for (float& weight : row) weight = static_cast<float>(random.normal());
  EntityPanels panels(entities, dim);
  for (std::size_t e = 0; e < entities; ++e) panels.set(e, row.data());
  Ranker ranker(panels);
  std::vector<RankQuery> queries;
  std::vector<Ranks> ranks(7);
  for (Id q = 0; q < 7; ++q) {
    for (std::size_t k = 0; k < dim; ++k) ranker.query(q)[k] = static_cast<float>(random.normal());
    queries.push_back({13 * q, {}});
  }
  ranker.rank(queries, ranks);
  for (const Ranks& rank : ranks) CHECK(rank.raw == 50.5);
}

TEST_CASE("measures are the means of their ranks") {
  RankMeasures measures;
  for (const double rank : {1.0, 2.0, 4.0, 20.0}) measures.add(rank);
  CHECK(measures.mrr() == Approx((1 + 0.5 + 0.25 + 0.05) / 4));
  CHECK(measures.mean_rank() == Approx(27 / 4.0));
  CHECK(measures.hits_at(0) == 0.25);
  CHECK(measures.hits_at(1) == 0.5);
  CHECK(measures.hits_at(2) == 0.75);
  RankMeasures more;
  more.add(1.5);
  measures += more;
  CHECK(measures.count == 5);
  CHECK(measures.hits_at(0) == 0.2);
}

}  // namespace adapm::kge
