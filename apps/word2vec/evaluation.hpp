// Evaluates a model against files of similarities and analogies. Each rank copies the input vectors once; the
// analogies are spread over ranks and threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "common/team.hpp"
#include "word2vec/analogies.hpp"
#include "word2vec/similarity.hpp"
#include "word2vec/vocabulary.hpp"
#include "word2vec/word_vectors.hpp"

namespace adapm::word2vec {

/// What is to be evaluated.
struct Tasks {
  std::vector<SimilarityTask> similarity;
  std::optional<AnalogyTask> analogies;
  std::size_t analogy_words = 0;  ///< answers are looked for among so many words

  [[nodiscard]] bool empty() const { return similarity.empty() && !analogies; }
};

struct AnalogyScore {
  struct Section {
    std::string name;
    std::size_t right = 0;
    std::size_t asked = 0;
    std::size_t unknown = 0;  ///< not asked: a word is not in the vocabulary
  };
  std::vector<Section> sections;

  [[nodiscard]] Section total() const;
};

/// An answer by chance is right hardly ever; without questions the accuracy is not a number.
[[nodiscard]] double accuracy(const AnalogyScore::Section& section);

struct Scores {
  std::vector<SimilarityScore> similarity;  ///< in the order of the tasks
  std::optional<AnalogyScore> analogies;
};

/// One object per rank, shared by its workers.
class Evaluator {
 public:
  /// All arguments must outlive it.
  Evaluator(const Shape& shape, const Tasks& tasks, Store<float>& store, const apps::Team& team);

  /// Worker `index` of this rank takes part in an evaluation. The result is equal on all ranks and valid
  /// until the next call.   Collective  over workers.   Blocks  yes.
  const Scores& evaluate(Worker<float>& worker, std::size_t index);

 private:
  void copy_model(Worker<float>& worker, std::size_t index);
  [[nodiscard]] std::vector<std::size_t> answer_share();
  void combine();

  const Shape shape_;
  const Tasks& tasks_;
  Store<float>& store_;
  const apps::Team team_;
  // Written by worker 0 between barriers, but for right_, of which each worker writes its own.
  std::unique_ptr<WordVectors> vectors_;
  std::vector<std::vector<std::size_t>> right_;
  std::atomic<std::size_t> next_{0};
  Scores scores_;
};

}  // namespace adapm::word2vec
