#include "intent/intent_ledger.hpp"

#include <utility>

namespace adapm::intent {

void IntentSource::signal(KeySpan keys, Clock start, Clock end) {
  const base::MutexLock lock(mutex_);
  append_intent(signalled_, {start, end, keys});
}

Words IntentSource::drain(Words spare) {
  const base::MutexLock lock(mutex_);
  return std::exchange(signalled_, std::move(spare));
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
  // The clock is read before the source is drained: an intent for a clock this round covers is not missed.
  const Clock now = finished ? clock_forever : worker.source->clock();
  const Clock due_before = finished ? clock_forever : worker.horizon.observe(now);
  Words signalled = worker.source->drain(worker.log.remove_finished());
  if (!signalled.empty())
    worker.log.add(std::move(signalled), [&](const Intent& intent) { worker.upcoming.push(intent); });
  // What is over first: an intent that begins now is not over.
  end(worker, now);
  begin(worker, now, due_before);
}

void IntentLedger::end(PerWorker& worker, Clock now) {
  const auto note = [&](KeySpan keys) {
    ended_.insert(ended_.end(), keys.begin(), keys.end());
    trace_.note_intent(trace::Kind::intent_ended, keys, worker.source->worker());
  };
  for (; !worker.log.all_over() && worker.log.first_to_end().end <= now; worker.log.end_first())
    note(worker.log.first_to_end().keys);
  for (; !worker.live.empty() && worker.live.front().end <= now; worker.live.pop()) note(worker.live.front().keys);
}

/// Counts an intent that is due; one that is over already never begins.
bool IntentLedger::is_live(const Intent& due, Clock now) {
  ++found_;
  if (due.start <= now && now != clock_forever) ++late_;
  return due.end > now;
}

void IntentLedger::begin(PerWorker& worker, Clock now, Clock due_before) {
  const auto note = [&](KeySpan keys) {
    begun_.insert(begun_.end(), keys.begin(), keys.end());
    trace_.note_intent(trace::Kind::intent_begun, keys, worker.source->worker());
  };
  while (!worker.log.all_begun() && worker.log.first_to_begin().start < due_before) {
    const Intent due = worker.log.first_to_begin();
    if (is_live(due, now)) {
      note(due.keys);
      worker.log.begin_first();
    } else {
      worker.log.drop_first();
    }
  }
  for (; !worker.upcoming.empty() && worker.upcoming.front().start < due_before; worker.upcoming.pop()) {
    const Intent due = worker.upcoming.front();
    if (!is_live(due, now)) continue;
    note(due.keys);
    worker.live.push(due);
  }
}

void IntentLedger::remove_finished() {
  std::erase_if(workers_, [](const auto& worker) { return worker->source->finished() && worker->idle(); });
}

}  // namespace adapm::intent
