#include "word2vec/evaluation.hpp"

#include <limits>

#include "word2vec/model_reader.hpp"

namespace adapm::word2vec {

AnalogyScore::Section AnalogyScore::total() const {
  Section sum;
  for (const Section& section : sections) {
    sum.right += section.right;
    sum.asked += section.asked;
    sum.unknown += section.unknown;
  }
  return sum;
}

double accuracy(const AnalogyScore::Section& section) {
  return static_cast<double>(section.right) / static_cast<double>(section.asked);
}

Evaluator::Evaluator(const Shape& shape, const Tasks& tasks, Store<float>& store, const apps::Team& team)
    : shape_(shape), tasks_(tasks), store_(store), team_(team), right_(team.threads) {}

const Scores& Evaluator::evaluate(Worker<float>& worker, std::size_t index) {
  copy_model(worker, index);
  if (tasks_.analogies) right_[index] = answer_share();
  worker.barrier();
  if (index == 0) combine();
  worker.barrier();
  return scores_;
}

void Evaluator::copy_model(Worker<float>& worker, std::size_t index) {
  worker.wait_all();
  worker.wait_sync();
  if (index == 0) {
    vectors_ = std::make_unique<WordVectors>(shape_.words, shape_.dim);
    next_ = 0;
  }
  worker.barrier();
  const apps::Share words = apps::share_of(shape_.words, {index, team_.threads});
  pull_words(worker, shape_, words.begin, words.end, true, [&](WordId word, std::span<const float> value) {
    vectors_->set(word, value.first(shape_.dim));
  });
  worker.barrier();
}

/// Answers questions of this rank's share until there are none left.
std::vector<std::size_t> Evaluator::answer_share() {
  constexpr std::size_t questions_at_once = 64;
  const AnalogyTask& task = *tasks_.analogies;
  const apps::Share share = team_.rank_share(task.questions.size());
  const auto mine = std::span(task.questions).subspan(share.begin, share.size());
  std::vector<std::size_t> right(task.sections.size());
  for (;;) {
    const std::size_t begin = std::min(next_.fetch_add(questions_at_once), mine.size());
    const auto questions = mine.subspan(begin, std::min(questions_at_once, mine.size() - begin));
    if (questions.empty()) return right;
    const auto more = count_right(questions, right.size(), *vectors_, tasks_.analogy_words);
    for (std::size_t i = 0; i < right.size(); ++i) right[i] += more[i];
  }
}

void Evaluator::combine() {
  scores_ = {};
  for (const SimilarityTask& task : tasks_.similarity) {
    scores_.similarity.push_back(word2vec::evaluate(task, *vectors_));
  }
  vectors_.reset();
  if (!tasks_.analogies) return;
  const AnalogyTask& task = *tasks_.analogies;
  std::vector<double> right(task.sections.size());
  for (const auto& part : right_) {
    for (std::size_t i = 0; i < right.size(); ++i) right[i] += static_cast<double>(part[i]);
  }
  store_.allreduce(right);
  AnalogyScore& score = scores_.analogies.emplace();
  for (std::size_t i = 0; i < right.size(); ++i) {
    score.sections.push_back({task.sections[i], static_cast<std::size_t>(right[i]), 0, task.unknown[i]});
  }
  for (const Analogy& question : task.questions) ++score.sections[question.section].asked;
}

}  // namespace adapm::word2vec
