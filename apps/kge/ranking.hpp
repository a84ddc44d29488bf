// Ranks of true entities among all entities, computed for many queries at once; and the measures made of
// them.
//
// A rank is 1 + the number of entities that score better + half the number of others that score the same:
// what a random order of equals gives on average. A constant model thus ranks in the middle, not first. An
// entity whose score is not a number counts as better, so a model that has diverged ranks last. The filtered
// rank leaves out the other entities that are known to be true.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "kge/triple.hpp"

namespace adapm::kge {

/// All entities' weights in the layout that scoring wants: panels of 16 entities, the first weights of all
/// 16, then the second weights, and so on. Different entities may be set by different threads.
class EntityPanels {
 public:
  static constexpr std::size_t width = 16;

  EntityPanels(std::size_t num_entities, std::size_t dim);
  [[nodiscard]] std::size_t num_entities() const { return num_entities_; }
  [[nodiscard]] std::size_t dim() const { return dim_; }

  void set(std::size_t entity, const float* weights);
  void get(std::size_t entity, float* weights) const;
  [[nodiscard]] const float* panel(std::size_t index) const { return panels_.data() + index * width * dim_; }

 private:
  const std::size_t num_entities_;
  const std::size_t dim_;
  std::vector<float> panels_;
};

/// Asks for the rank of `target` among all entities by their product with a query vector.
struct RankQuery {
  Id target = 0;
  std::span<const Id> known;  ///< true entities, ascending; with or without the target
};

struct Ranks {
  double raw = 0;
  double filtered = 0;
};

/// Answers batches of queries. Not thread-safe; several may share the panels.
class Ranker {
 public:
  static constexpr std::size_t max_queries = 32;

  explicit Ranker(const EntityPanels& panels);

  /// Where the vector of the batch's query `index` goes, dim() floats.
  [[nodiscard]] float* query(std::size_t index) { return queries_.data() + index * panels_.dim(); }

  /// Ranks for the first queries.size() query vectors. Requires queries.size() <= max_queries, and as many
  /// results.
  void rank(std::span<const RankQuery> queries, std::span<Ranks> results);

 private:
  /// Entities that beat a target, and that tie with it (itself included).
  struct Counts {
    std::size_t better = 0;
    std::size_t ties = 0;
  };
  void find_target_scores(std::span<const RankQuery> queries);
  void count_chunk(std::size_t first_entity, std::span<const RankQuery> queries);

  const EntityPanels& panels_;
  std::vector<float> queries_;
  std::vector<float> scores_;  // a row per query
  std::array<float, max_queries> target_scores_{};
  std::array<Counts, max_queries> all_{};
  std::array<Counts, max_queries> known_{};  // among the known entities, without the target
  std::array<std::size_t, max_queries> next_known_{};
};

/// What the ranks of a set of queries amount to.
struct RankMeasures {
  double count = 0;
  double reciprocal_sum = 0;
  double rank_sum = 0;
  std::array<double, 3> hits{};  ///< at 1, 3, 10

  void add(double rank);
  [[nodiscard]] double mrr() const { return reciprocal_sum / count; }
  [[nodiscard]] double mean_rank() const { return rank_sum / count; }
  [[nodiscard]] double hits_at(std::size_t index) const { return hits[index] / count; }
  RankMeasures& operator+=(const RankMeasures& other);
};

}  // namespace adapm::kge
