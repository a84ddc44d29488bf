// Link prediction quality: for each triple, the rank of its subject and of its object among all entities.
// Each rank takes a share of the triples and copies the whole model once; its workers share that copy and the
// work.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "common/team.hpp"
#include "kge/dataset.hpp"
#include "kge/known_triples.hpp"
#include "kge/ranking.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

/// The measures of a set of triples.
struct Scores {
  struct Side {
    RankMeasures raw;
    RankMeasures filtered;
  };
  Side subject;
  Side object;

  /// Filtered, the mean of subject and object: the figure by which models are compared.
  [[nodiscard]] double mrr() const { return (subject.filtered.mrr() + object.filtered.mrr()) / 2; }
  Scores& operator+=(const Scores& other);
};

/// One per rank, shared by its workers. Each function is collective over all workers of all ranks, with equal
/// triples.
class Evaluator {
 public:
  /// Filters with all triples of `data`.
  Evaluator(const Shape& shape, const Dataset& data, Store<float>& store, const apps::Team& team);

  /// Copies the model as it is when all pushes so far are merged. `index` is the worker's on this rank.
  void copy_model(Worker<float>& worker, std::size_t index);

  /// Ranks for `triples` with the copied model. Returns the measures of all of them, on every worker.
  const Scores& rank(Worker<float>& worker, std::size_t index, std::span<const Triple> triples);

  /// Frees the copied model; one worker of the rank calls it, the others having returned from `rank`.
  void drop_model();

 private:
  Scores rank_share(std::span<const Triple> triples);

  const Shape shape_;
  const KnownTriples known_;
  Store<float>& store_;
  const apps::Team team_;
  std::unique_ptr<EntityPanels> entities_;
  std::vector<float> relations_;      // row-major
  std::atomic<std::size_t> next_{0};  // first triple of this rank's share that no worker has taken
  std::vector<Scores> partial_;       // by worker
  Scores total_;
};

}  // namespace adapm::kge
