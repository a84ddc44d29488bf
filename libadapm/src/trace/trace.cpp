#include "trace/trace.hpp"

#include <algorithm>
#include <utility>

namespace adapm::trace {

Trace::Trace(KeyChoice keys, std::uint64_t max_events)
    : keys_(std::move(keys)), budget_(max_events), progress_events_(budget_), of_gone_workers_(keys_.count()) {}

WorkerTrace& Trace::add_worker(std::uint64_t worker) {
  auto added = std::make_unique<WorkerTrace>(keys_, worker, budget_);
  const base::MutexLock lock(mutex_);
  return *workers_.emplace_back(std::move(added));
}

void Trace::remove_worker(WorkerTrace& worker) {
  const base::MutexLock lock(mutex_);
  worker.add_counts_to(of_gone_workers_);
  worker.forget_counts();
}

std::vector<ThreadEvent> Trace::events() const {
  std::vector<ThreadEvent> all;
  progress_events_.for_each([&](const Event& event) {
    const bool of_worker = event.kind == Kind::intent_begun || event.kind == Kind::intent_ended;
    all.push_back({event, of_worker ? event.where : ThreadEvent::progress_thread});
  });
  const base::MutexLock lock(mutex_);
  for (const auto& worker : workers_) {
    const auto thread = static_cast<std::int64_t>(worker->worker());
    worker->events().for_each([&](const Event& event) { all.push_back({event, thread}); });
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const ThreadEvent& a, const ThreadEvent& b) { return a.event.time < b.event.time; });
  return all;
}

std::uint64_t Trace::dropped() const {
  const base::MutexLock lock(mutex_);
  std::uint64_t sum = progress_events_.dropped();
  for (const auto& worker : workers_) sum += worker->events().dropped();
  return sum;
}

std::vector<KeyCounts> Trace::counts() const {
  const base::MutexLock lock(mutex_);
  std::vector<KeyCounts> sums = of_gone_workers_;
  for (const auto& worker : workers_) worker->add_counts_to(sums);
  return sums;
}

}  // namespace adapm::trace
