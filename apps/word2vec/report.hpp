// What a run of word2vec tells.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/report.hpp"
#include "word2vec/evaluation.hpp"
#include "word2vec/options.hpp"
#include "word2vec/work.hpp"

namespace adapm::word2vec {

class Report : public apps::Report {
 public:
  Report(const Word2vecOptions& options, bool first_rank)
      : apps::Report(options, first_rank, "word2vec", "words"), options_(options) {}

  void start(const Vocabulary& vocabulary, std::size_t corpus_bytes, int num_ranks, apps::Seconds counting);
  /// `fraction` of the corpus was read, below 1 if the time was up; `work` is that of all workers.
  void epoch(const apps::EpochMeasures& measures, double fraction, const Work& work);
  /// After epoch `epoch`.
  void evaluation(std::uint64_t epoch, const Tasks& tasks, const Scores& scores, apps::Seconds seconds);

 private:
  const Word2vecOptions& options_;
};

}  // namespace adapm::word2vec
