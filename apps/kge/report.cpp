#include "kge/report.hpp"

#include "common/text.hpp"

namespace adapm::kge {

using apps::formatted;

namespace {

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

void Report::start(const Dataset& data, const Shape& shape, int num_ranks) {
  note(formatted("kge: %s, dim %zu, %lld negatives a side; %d ranks x %lld threads", name(shape.kind).c_str(),
                 shape.dim, static_cast<long long>(options_.negatives), num_ranks,
                 static_cast<long long>(options_.threads)));
  note(formatted("data: %u entities, %u relations; %zu / %zu / %zu triples (train / valid / test)",
                 shape.num_entities, shape.num_relations, data.train.size(), data.valid.size(),
                 data.test.size()));
  note_sampling(num_ranks);
}

void Report::epoch(const apps::EpochMeasures& measures, double triples, const MeanLoss& loss) {
  if (!first_rank()) return;
  apps::Report::epoch(
      measures, triples,
      formatted("loss %.5f (logistic %.5f + L2 %.5f)", loss.total(), loss.logistic, loss.penalty))
      .add("loss", loss.total())
      .add("loss_logistic", loss.logistic)
      .add("loss_l2", loss.penalty);
}

void Report::evaluation(std::uint64_t epoch, const std::string& split, const Scores& scores,
                        apps::Seconds seconds) {
  if (!first_rank()) return;
  const auto filtered_hits = [&](std::size_t i) {
    return 100 * mean(scores, [i](const Scores::Side& side) { return side.filtered.hits_at(i); });
  };
  const double mean_rank = mean(scores, [](const Scores::Side& side) { return side.filtered.mean_rank(); });
  const double raw = mean(scores, [](const Scores::Side& side) { return side.raw.mrr(); });
  note(formatted(
      "  %s: filtered MRR %.4f (subject %.4f, object %.4f), Hits@1/3/10 %.1f/%.1f/%.1f %%, MR %.0f; raw MRR "
      "%.4f; %s",
      split.c_str(), scores.mrr(), scores.subject.filtered.mrr(), scores.object.filtered.mrr(),
      filtered_hits(0), filtered_hits(1), filtered_hits(2), mean_rank, raw,
      apps::format_duration(seconds).c_str()));
  line(epoch).add(split, to_json(scores, seconds));
  if (ranked_split_.empty()) ranked_split_ = split;
  if (split != ranked_split_) return;
  last_ = {epoch, scores.mrr()};
  if (!best_ || scores.mrr() > best_->mrr) best_ = last_;
  line(epoch).add("mrr", last_->mrr).add("best_mrr", best_->mrr);
}

std::string Report::quality() const {
  if (!best_) return {};
  return formatted("%s: filtered MRR %.4f at the end, %.4f at best (epoch %llu)", ranked_split_.c_str(),
                   last_->mrr, best_->mrr, static_cast<unsigned long long>(best_->epoch));
}

}  // namespace adapm::kge
