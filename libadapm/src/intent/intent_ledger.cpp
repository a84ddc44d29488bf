#include "intent/intent_ledger.hpp"

#include <algorithm>

namespace adapm::intent {

namespace {

constexpr std::size_t max_spare_batches = 4096;

}  // namespace

void IntentSource::signal(KeySpan keys, Clock start, Clock end) {
  BatchPtr batch;
  {
    const base::MutexLock lock(mutex_);
    if (!spare_.empty()) {
      batch = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  if (!batch) batch = std::make_unique<IntentBatch>();
  batch->keys.assign(keys.begin(), keys.end());
  batch->start = start;
  batch->end = end;
  const base::MutexLock lock(mutex_);
  signalled_.push_back(std::move(batch));
}

void IntentSource::drain_to(std::vector<BatchPtr>& to) {
  const base::MutexLock lock(mutex_);
  for (auto& batch : signalled_) to.push_back(std::move(batch));
  signalled_.clear();
}

void IntentSource::recycle(BatchPtr batch) {
  const base::MutexLock lock(mutex_);
  if (spare_.size() < max_spare_batches) spare_.push_back(std::move(batch));
}

void IntentLedger::add_source(std::shared_ptr<IntentSource> source) {
  const base::MutexLock lock(mutex_);
  new_sources_.push_back(std::move(source));
}

void IntentLedger::admit_new_sources() {
  const base::MutexLock lock(mutex_);
  for (auto& source : new_sources_) workers_.push_back(std::make_unique<PerWorker>(std::move(source), options_));
  new_sources_.clear();
}

void IntentLedger::advance(PerWorker& worker) {
  const bool finished = worker.source->finished();
  // The clock is read before the queue is drained: an intent for a clock this round covers is not missed.
  const Clock now = finished ? clock_forever : worker.source->clock();
  const Clock due_before = finished ? clock_forever : worker.horizon.observe(now);
  Batches drained;
  worker.source->drain_to(drained);
  for (auto& batch : drained) worker.upcoming.push(std::move(batch));
  // What is over first: a batch that begins now is not over.
  while (!worker.live.empty() && (finished || worker.live.front().end <= now)) {
    BatchPtr batch = worker.live.pop();
    ended_.insert(ended_.end(), batch->keys.begin(), batch->keys.end());
    worker.source->recycle(std::move(batch));
  }
  while (!worker.upcoming.empty() && worker.upcoming.front().start < due_before) {
    BatchPtr batch = worker.upcoming.pop();
    ++found_;
    if (batch->start <= now && !finished) ++late_;
    if (finished || batch->end <= now) {
      worker.source->recycle(std::move(batch));
    } else {
      begun_.insert(begun_.end(), batch->keys.begin(), batch->keys.end());
      worker.live.push(std::move(batch));
    }
  }
}

void IntentLedger::remove_finished() {
  std::erase_if(workers_, [](const auto& worker) {
    return worker->source->finished() && worker->live.empty() && worker->upcoming.empty();
  });
}

}  // namespace adapm::intent
