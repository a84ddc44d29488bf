#include "kge/report.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace adapm::kge {

namespace {

template <class... Arguments>
std::string print(const char* format, Arguments... arguments) {
  char text[400];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

/// `member(side)` of subject and object, averaged.
template <class Member>
double mean(const Scores& scores, Member member) {
  return (member(scores.subject) + member(scores.object)) / 2;
}

void add_measures(apps::JsonObject& json, const std::string& suffix, const RankMeasures& filtered,
                  const RankMeasures& raw) {
  const char* hits[] = {"hits1", "hits3", "hits10"};
  json.add("mrr" + suffix, filtered.mrr()).add("mr" + suffix, filtered.mean_rank());
  for (std::size_t i = 0; i < 3; ++i) json.add(hits[i] + suffix, filtered.hits_at(i));
  json.add("raw_mrr" + suffix, raw.mrr()).add("raw_mr" + suffix, raw.mean_rank());
  for (std::size_t i = 0; i < 3; ++i) json.add(std::string("raw_") + hits[i] + suffix, raw.hits_at(i));
}

apps::JsonObject to_json(const Scores& scores, apps::Seconds seconds) {
  apps::JsonObject json;
  json.add("triples", static_cast<std::uint64_t>(scores.subject.raw.count)).add("seconds", seconds.count());
  // Subject and object have equally many ranks, so their mean is that of all ranks.
  RankMeasures filtered = scores.subject.filtered;
  RankMeasures raw = scores.subject.raw;
  add_measures(json, "", filtered += scores.object.filtered, raw += scores.object.raw);
  add_measures(json, "_subject", scores.subject.filtered, scores.subject.raw);
  add_measures(json, "_object", scores.object.filtered, scores.object.raw);
  return json;
}

}  // namespace

Report::Report(const KgeOptions& options, bool first_rank)
    : options_(options),
      first_rank_(first_rank),
      metrics_(first_rank && !options.metrics.empty() ? apps::MetricsFile(options.metrics)
                                                      : apps::MetricsFile()) {}

void Report::note(const std::string& text) {
  if (first_rank_) std::cout << text << '\n' << std::flush;
}

void Report::start(const Dataset& data, const Shape& shape, int num_ranks) {
  note(print("kge: %s, dim %zu, %lld negatives a side; %d ranks x %lld threads", name(shape.kind).c_str(),
             shape.dim, static_cast<long long>(options_.negatives), num_ranks,
             static_cast<long long>(options_.threads)));
  note(print("data: %u entities, %u relations; %zu / %zu / %zu triples (train / valid / test)",
             shape.num_entities, shape.num_relations, data.train.size(), data.valid.size(),
             data.test.size()));
  const bool static_entities = options_.intent_ahead == 0 && !options_.full_replication && num_ranks > 1;
  if (static_entities && options_.store.sampling_scheme == SamplingScheme::local) {
    note("without intents each rank keeps its entities and has no other negatives: --sys.sampling.scheme naive "
         "may learn better");
  }
}

void Report::epoch(const EpochResult& result) {
  epochs_.push_back(result);
  if (!first_rank_) return;
  const double epochs = static_cast<double>(epochs_.size());
  const auto left = result.total_seconds / epochs * static_cast<double>(options_.epochs - result.epoch);
  const std::string time_left =
      result.epoch == options_.epochs ? "" : ", " + apps::format_duration(left) + " left";
  const double rate = result.triples / result.seconds.count();
  note(print("epoch %lld/%lld: %s, %s triples/s, loss %.5f (logistic %.5f + L2 %.5f), %.2f %% local%s",
             static_cast<long long>(result.epoch), static_cast<long long>(options_.epochs),
             print("%.2f s", result.seconds.count()).c_str(), apps::format_rate(rate).c_str(), result.loss(),
             result.logistic_loss, result.penalty, 100 * result.local_share, time_left.c_str()));
  line_.emplace()
      .add("epoch", static_cast<std::uint64_t>(result.epoch))
      .add("seconds", result.seconds.count())
      .add("total_seconds", result.total_seconds.count())
      .add("triples_per_s", rate)
      .add("loss", result.loss())
      .add("loss_logistic", result.logistic_loss)
      .add("loss_l2", result.penalty)
      .add("local_share", result.local_share);
}

void Report::evaluation(std::int64_t epoch, const std::string& split, const Scores& scores,
                        apps::Seconds seconds) {
  if (ranked_split_.empty()) ranked_split_ = split;
  if (split == ranked_split_) {
    last_ = {epoch, scores.mrr()};
    if (!best_ || scores.mrr() > best_->mrr) best_ = last_;
  }
  if (!first_rank_) return;
  const auto filtered_hits = [&](std::size_t i) {
    return 100 * mean(scores, [i](const Scores::Side& side) { return side.filtered.hits_at(i); });
  };
  const double mean_rank = mean(scores, [](const Scores::Side& side) { return side.filtered.mean_rank(); });
  const double raw = mean(scores, [](const Scores::Side& side) { return side.raw.mrr(); });
  note(print(
      "  %s: filtered MRR %.4f (subject %.4f, object %.4f), Hits@1/3/10 %.1f/%.1f/%.1f %%, MR %.0f; raw MRR "
      "%.4f; %s",
      split.c_str(), scores.mrr(), scores.subject.filtered.mrr(), scores.object.filtered.mrr(),
      filtered_hits(0), filtered_hits(1), filtered_hits(2), mean_rank, raw,
      apps::format_duration(seconds).c_str()));
  if (!line_) line_.emplace().add("epoch", static_cast<std::uint64_t>(epoch));
  line_->add(split, to_json(scores, seconds));
}

void Report::end_line() {
  if (!line_) return;
  if (best_ && first_rank_) line_->add("mrr", last_->mrr).add("best_mrr", best_->mrr);
  metrics_.write(*line_);
  line_.reset();
}

void Report::summary(const Statistics& statistics) {
  if (!first_rank_) return;
  if (!epochs_.empty()) {
    const EpochResult& last = epochs_.back();
    std::vector<double> seconds;
    for (const EpochResult& epoch : epochs_) seconds.push_back(epoch.seconds.count());
    std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2),
                     seconds.end());
    note(print("trained %zu epochs in %s, %.2f s per epoch (median)", epochs_.size(),
               apps::format_duration(last.total_seconds).c_str(), seconds[seconds.size() / 2]));
  }
  if (best_) {
    note(print("%s: filtered MRR %.4f at the end, %.4f at best (epoch %lld)", ranked_split_.c_str(),
               last_->mrr, best_->mrr, static_cast<long long>(best_->epoch)));
  }
  AccessCounts accesses = statistics.pulled;
  accesses += statistics.pushed;
  note(print("accesses: %s keys, %.3f %% found a copy on their rank, training and evaluation together",
             apps::format_rate(static_cast<double>(accesses.total())).c_str(), 100 * accesses.local_share()));
}

}  // namespace adapm::kge
