#include "word2vec/report.hpp"

#include <cstdio>
#include <iostream>

namespace adapm::word2vec {

namespace {

template <class... Arguments>
std::string print(const char* format, Arguments... arguments) {
  char text[400];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

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

Report::Report(const Word2vecOptions& options, bool first_rank)
    : options_(options),
      first_rank_(first_rank),
      metrics_(first_rank && !options.metrics.empty() ? apps::MetricsFile(options.metrics)
                                                      : apps::MetricsFile()) {}

void Report::note(const std::string& text) {
  if (first_rank_) std::cout << text << '\n' << std::flush;
}

void Report::start(const Vocabulary& vocabulary, std::size_t corpus_bytes, int num_ranks,
                   apps::Seconds counting) {
  note(print(
      "word2vec: dim %lld, window %lld, %lld negatives, %s with learning rate %g; %d ranks x %lld threads",
      static_cast<long long>(options_.dim), static_cast<long long>(options_.window),
      static_cast<long long>(options_.negatives), options_.optimizer.c_str(), options_.rate(), num_ranks,
      static_cast<long long>(options_.threads)));
  note(print("vocabulary: %zu words that occur %lld times or more, %s occurrences; corpus: %s bytes; %s",
             vocabulary.size(), static_cast<long long>(options_.min_count),
             apps::format_rate(static_cast<double>(vocabulary.total_count())).c_str(),
             apps::format_rate(static_cast<double>(corpus_bytes)).c_str(),
             apps::format_duration(counting).c_str()));
}

void Report::epoch(const EpochResult& result) {
  epochs_.push_back(result);
  if (!first_rank_) return;
  const auto left = result.total_seconds / static_cast<double>(epochs_.size()) *
                    static_cast<double>(options_.epochs - result.epoch);
  const std::string time_left =
      result.epoch == options_.epochs ? "" : ", " + apps::format_duration(left) + " left";
  const double rate = result.words / result.seconds.count();
  const double loss = result.loss.sum / result.loss.examples;
  note(print("epoch %lld/%lld: %s, %s words/s, loss %.5f, %.2f %% local%s",
             static_cast<long long>(result.epoch), static_cast<long long>(options_.epochs),
             print("%.2f s", result.seconds.count()).c_str(), apps::format_rate(rate).c_str(), loss,
             100 * result.local_share, time_left.c_str()));
  line_.emplace()
      .add("epoch", static_cast<std::uint64_t>(result.epoch))
      .add("seconds", result.seconds.count())
      .add("total_seconds", result.total_seconds.count())
      .add("fraction", result.fraction)
      .add("words", result.words)
      .add("words_per_s", rate)
      .add("loss", loss)
      .add("local_share", result.local_share);
}

void Report::evaluation(std::int64_t epoch, const Tasks& tasks, const Scores& scores, apps::Seconds seconds) {
  if (!first_rank_) return;
  if (!line_) line_.emplace().add("epoch", static_cast<std::uint64_t>(epoch));
  for (std::size_t i = 0; i < scores.similarity.size(); ++i) {
    const SimilarityScore& score = scores.similarity[i];
    note(print("  %s: Spearman %.4f on %zu pairs, %zu with unknown words", tasks.similarity[i].name.c_str(),
               score.spearman, score.pairs, score.unknown));
    line_->add(tasks.similarity[i].name, to_json(score));
  }
  if (scores.analogies) {
    const AnalogyScore::Section total = scores.analogies->total();
    note(print("  analogies: %.2f %% of %zu questions right, %zu with unknown words; %s",
               100 * accuracy(total), total.asked, total.unknown, apps::format_duration(seconds).c_str()));
    apps::JsonObject json = to_json(total);
    for (const AnalogyScore::Section& section : scores.analogies->sections)
      json.add(section.name, to_json(section));
    line_->add("analogies", json);
  }
}

void Report::end_line() {
  if (!line_) return;
  metrics_.write(*line_);
  line_.reset();
}

void Report::summary(const Statistics& statistics) {
  if (!first_rank_) return;
  if (!epochs_.empty()) {
    const EpochResult& last = epochs_.back();
    double words = 0;
    for (const EpochResult& epoch : epochs_) words += epoch.words;
    note(print("trained %zu epochs in %s, %s words/s", epochs_.size(),
               apps::format_duration(last.total_seconds).c_str(),
               apps::format_rate(words / last.total_seconds.count()).c_str()));
  }
  AccessCounts accesses = statistics.pulled;
  accesses += statistics.pushed;
  note(print("accesses: %s keys, %.3f %% found a copy on their rank, training and evaluation together",
             apps::format_rate(static_cast<double>(accesses.total())).c_str(), 100 * accesses.local_share()));
}

}  // namespace adapm::word2vec
