#include "word2vec/report.hpp"

#include "common/text.hpp"

namespace adapm::word2vec {

using apps::formatted;

namespace {

apps::JsonObject to_json(const SimilarityScore& score) {
  apps::JsonObject json;
  json.add("spearman", score.spearman)
      .add("pairs", std::uint64_t{score.pairs})
      .add("unknown", std::uint64_t{score.unknown});
  return json;
}

apps::JsonObject to_json(const AnalogyScore::Section& section) {
  apps::JsonObject json;
  json.add("accuracy", accuracy(section))
      .add("right", std::uint64_t{section.right})
      .add("asked", std::uint64_t{section.asked})
      .add("unknown", std::uint64_t{section.unknown});
  return json;
}

}  // namespace

void Report::start(const Vocabulary& vocabulary, std::size_t corpus_bytes, int num_ranks,
                   apps::Seconds counting) {
  note(formatted(
      "word2vec: dim %lld, window %lld, %lld negatives, %s with learning rate %g; %d ranks x %lld threads",
      static_cast<long long>(options_.dim), static_cast<long long>(options_.window),
      static_cast<long long>(options_.negatives), options_.optimizer.c_str(), options_.rate(), num_ranks,
      static_cast<long long>(options_.threads)));
  note(formatted("vocabulary: %zu words that occur %lld times or more, %s occurrences; corpus: %s bytes; %s",
                 vocabulary.size(), static_cast<long long>(options_.min_count),
                 apps::format_rate(static_cast<double>(vocabulary.total_count())).c_str(),
                 apps::format_rate(static_cast<double>(corpus_bytes)).c_str(),
                 apps::format_duration(counting).c_str()));
  note_sampling(num_ranks);
}

void Report::epoch(const apps::EpochMeasures& measures, double fraction, const Work& work) {
  if (!first_rank()) return;
  const double loss = work.loss.sum / work.loss.examples;
  apps::Report::epoch(measures, work.words_read, formatted("loss %.5f", loss))
      .add("fraction", fraction)
      .add("words", work.words_read)
      .add("loss", loss);
}

void Report::evaluation(std::uint64_t epoch, const Tasks& tasks, const Scores& scores,
                        apps::Seconds seconds) {
  if (!first_rank()) return;
  for (std::size_t i = 0; i < scores.similarity.size(); ++i) {
    const SimilarityScore& score = scores.similarity[i];
    note(formatted("  %s: Spearman %.4f on %zu pairs, %zu with unknown words",
                   tasks.similarity[i].name.c_str(), score.spearman, score.pairs, score.unknown));
    line(epoch).add(tasks.similarity[i].name, to_json(score));
  }
  if (scores.analogies) {
    const AnalogyScore::Section total = scores.analogies->total();
    note(formatted("  analogies: %.2f %% of %zu questions right, %zu with unknown words; %s",
                   100 * accuracy(total), total.asked, total.unknown,
                   apps::format_duration(seconds).c_str()));
    apps::JsonObject json = to_json(total);
    for (const AnalogyScore::Section& section : scores.analogies->sections)
      json.add(section.name, to_json(section));
    line(epoch).add("analogies", json);
  }
}

}  // namespace adapm::word2vec
