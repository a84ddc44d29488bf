#include "word2vec/trainer.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "word2vec/model_file.hpp"
#include "word2vec/model_reader.hpp"

namespace adapm::word2vec {

namespace {

AccessCounts accesses(const Store<float>& store) {
  const Statistics statistics = store.statistics();
  AccessCounts counts = statistics.pulled;
  return counts += statistics.pushed;
}

/// So many keys that their values stay in a core's cache while they are trained on.
std::size_t keys_per_batch(const Shape& shape) {
  constexpr std::size_t floats = std::size_t{1} << 16;
  return std::max<std::size_t>(floats / shape.value_length(), 16);
}

}  // namespace

Trainer::Trainer(const Word2vecOptions& options, std::size_t corpus_bytes, const Vocabulary& vocabulary,
                 const Shape& shape, const InitialValues& initial, const Tasks& tasks, Store<float>& store,
                 Report& report)
    : options_(options),
      corpus_bytes_(corpus_bytes),
      vocabulary_(vocabulary),
      shape_(shape),
      initial_(initial),
      tasks_(tasks),
      store_(store),
      report_(report),
      subsampling_(vocabulary, options.subsample),
      negatives_(negative_distribution(vocabulary)),
      budget_{apps::Seconds(options.max_runtime)},
      evaluator_(shape_, tasks, store, static_cast<std::size_t>(options.threads)),
      works_(static_cast<std::size_t>(options.threads)),
      fractions_(works_.size()) {}

void Trainer::run() {
  run_workers(store_, static_cast<int>(options_.threads),
              [&](Worker<float>& worker, int index) { work(worker, static_cast<std::size_t>(index)); });
}

apps::WorkerPlace Trainer::place(std::size_t index) const {
  const std::size_t threads = works_.size();
  return {static_cast<std::size_t>(store_.rank()) * threads + index,
          static_cast<std::size_t>(store_.num_ranks()) * threads};
}

void Trainer::work(Worker<float>& worker, std::size_t index) {
  initialise(worker, index);
  if (options_.full_replication && index == 0) replicate_everything(worker);
  Learner learner = make_learner(worker, index);
  worker.wait_sync();  // the first intents are acted on
  bool last = options_.epochs == 0;
  if (last) evaluate(worker, index, 0);
  for (std::int64_t epoch = 1; !last; ++epoch) {
    train_epoch(worker, learner, index, epoch);
    last = stop_ || epoch == options_.epochs;
    if (evaluation_due(epoch, last)) evaluate(worker, index, epoch);
    if (index == 0) report_.end_line();
    if (options_.write_every > 0 && epoch % options_.write_every == 0) {
      write(worker, index, options_.output + ".epoch-" + std::to_string(epoch));
    }
  }
  if (!options_.output.empty()) write(worker, index, options_.output);
}

void Trainer::initialise(Worker<float>& worker, std::size_t index) {
  const auto ranks = static_cast<Key>(store_.num_ranks());
  const Key step = ranks * works_.size();
  std::vector<float> value(shape_.value_length());
  worker.begin_setup();
  // Keys whose main copy is on this rank.
  for (Key key = static_cast<Key>(store_.rank()) + ranks * index; key < shape_.num_keys(); key += step) {
    initial_.get(key, value);
    worker.set({&key, 1}, value);
  }
  worker.wait_all();
  worker.end_setup();
}

void Trainer::replicate_everything(Worker<float>& worker) {
  std::vector<Key> keys(static_cast<std::size_t>(shape_.num_keys()));
  std::iota(keys.begin(), keys.end(), Key{0});
  worker.intent(keys, worker.current_clock(), clock_forever);
}

Learner Trainer::make_learner(Worker<float>& worker, std::size_t index) const {
  const auto seed = static_cast<std::uint64_t>(options_.seed);
  BatchOptions batches;
  batches.window = static_cast<std::size_t>(options_.window);
  batches.negatives = static_cast<std::size_t>(options_.negatives);
  batches.shares_negatives = options_.share_negatives == "word";
  batches.max_keys = keys_per_batch(shape_);
  LearnerOptions learning;
  learning.learning_rate = options_.rate();
  learning.epochs = static_cast<std::uint64_t>(options_.epochs);
  const apps::WorkerPlace where = place(index);
  SentenceStream stream(options_.corpus, corpus_bytes_, vocabulary_, subsampling_, batches.window, seed,
                        where);
  Negatives negatives(negatives_, apps::Random({seed, 2, where.index, where.count}));
  LookAhead look_ahead(worker, static_cast<std::size_t>(shape_.num_keys()), std::move(stream),
                       std::move(negatives), batches, static_cast<std::size_t>(options_.intent_ahead),
                       learning.epochs);
  return Learner(worker, shape_, learning, std::move(look_ahead));
}

void Trainer::train_epoch(Worker<float>& worker, Learner& learner, std::size_t index, std::int64_t epoch) {
  worker.barrier();
  if (index == 0) {
    epoch_watch_ = {};
    accesses_before_ = accesses(store_);
  }
  worker.barrier();
  works_[index] = learn(learner, epoch, store_.rank() == 0 && index == 0);
  fractions_[index] = learner.fraction();
  worker.wait_all();
  worker.barrier();
  if (index == 0) end_epoch(epoch);
  worker.barrier();
}

Work Trainer::learn(Learner& learner, std::int64_t epoch, bool shows_progress) const {
  constexpr std::size_t batches_between_looks = 64;
  const std::string label = "epoch " + std::to_string(epoch) + "/" + std::to_string(options_.epochs);
  const auto words = static_cast<double>(vocabulary_.total_count());
  apps::Progress progress(label, "words", words);
  Work work;
  for (std::size_t i = 1;; ++i) {
    work += learner.learn_batch();
    if (learner.at_end_of_epoch()) return work;
    if (i % batches_between_looks != 0) continue;
    if (trained_seconds_ + epoch_watch_.elapsed() > 1.05 * budget_.limit) return work;
    if (shows_progress) progress.update(learner.fraction() * words);
  }
}

void Trainer::end_epoch(std::int64_t epoch) {
  Work work;
  for (const Work& part : works_) work += part;
  const AccessCounts now = accesses(store_);
  const auto since = [&](std::uint64_t AccessCounts::*count) {
    return static_cast<double>(now.*count - accesses_before_.*count);
  };
  const double local = since(&AccessCounts::local) + since(&AccessCounts::replica);
  const double elsewhere = since(&AccessCounts::neighbour) + since(&AccessCounts::remote);
  const double seconds = store_.rank() == 0 ? epoch_watch_.elapsed().count() : 0;
  const double fraction = std::accumulate(fractions_.begin(), fractions_.end(), 0.0);
  std::array<double, 7> sums = {work.loss.sum, work.loss.examples, static_cast<double>(work.words_read),
                                local,         local + elsewhere,  seconds,
                                fraction};
  store_.allreduce(sums);

  EpochResult result;
  result.epoch = epoch;
  result.loss = {sums[0], sums[1]};
  result.words = sums[2];
  result.local_share = sums[4] > 0 ? sums[3] / sums[4] : 1;
  result.seconds = apps::Seconds(sums[5]);
  result.total_seconds = trained_seconds_ += result.seconds;
  result.fraction = sums[6] / static_cast<double>(place(0).count);
  report_.epoch(result);

  stop_ = result.fraction < 1 || budget_.ends(result.total_seconds, result.seconds);
  if (!stop_ || (epoch == options_.epochs && result.fraction >= 1)) return;
  report_.note(result.fraction < 1 ? "stopped within the epoch: --max-runtime is over"
                                   : "stopping: another epoch would exceed --max-runtime");
}

bool Trainer::evaluation_due(std::int64_t epoch, bool last) const {
  return last || (options_.eval_every > 0 && epoch % options_.eval_every == 0);
}

void Trainer::evaluate(Worker<float>& worker, std::size_t index, std::int64_t epoch) {
  if (tasks_.empty()) return;
  const apps::Stopwatch watch;
  const Scores& scores = evaluator_.evaluate(worker, index);
  if (index != 0) return;
  report_.evaluation(epoch, tasks_, scores, watch.elapsed());
  if (epoch == 0) report_.end_line();
}

void Trainer::write(Worker<float>& worker, std::size_t index, const std::string& path) {
  worker.wait_all();
  worker.wait_sync();
  worker.barrier();
  if (place(index).index != 0) return;
  const ModelFormat format = options_.output_format == "text" ? ModelFormat::text : ModelFormat::binary;
  ModelWriter writer(path, shape_, format, options_.write_state);
  const std::size_t length = shape_.value_length();
  pull_words(worker, shape_, 0, shape_.words, false, [&](WordId word, std::span<const float> values) {
    writer.add(vocabulary_.word(word), values.first(length), values.subspan(length));
  });
  writer.commit();
  report_.note("wrote " + path + (options_.write_state ? " and .state" : ""));
}

}  // namespace adapm::word2vec
