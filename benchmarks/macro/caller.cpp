#include "macro/caller.hpp"

#include <thread>

namespace adapm::bench {

namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

}  // namespace

Caller::Caller(Worker<float>& worker, const AccessOptions& options, apps::WorkerPlace rank, std::uint64_t number)
    : worker_(worker),
      options_(options),
      stream_(options.key_law(), rank, static_cast<std::uint64_t>(options.seed), number),
      push_or_not_({static_cast<std::uint64_t>(options.seed), number, 1}),
      first_clock_(worker.current_clock()),
      ring_(static_cast<std::size_t>((options.ahead + 1) * options.batch)),
      values_(static_cast<std::size_t>(options.batch * options.length)),
      updates_(values_.size(), 1e-3F),
      pushes_(worker) {
  for (std::int64_t call = 0; call < options.ahead; ++call) announce(call);
}

void Caller::make_calls(std::int64_t calls, SteadyClock::time_point end) {
  for (; calls > 0; --calls, ++next_call_) {
    announce(next_call_ + options_.ahead);
    const auto started = SteadyClock::now();
    if (started >= end) break;
    access(keys_of(next_call_));
    microseconds_.push_back(Microseconds(SteadyClock::now() - started).count());
    compute();
    worker_.advance_clock();
  }
  worker_.wait_all();
}

std::span<Key> Caller::keys_of(std::int64_t call) {
  const auto batch = static_cast<std::size_t>(options_.batch);
  return std::span(ring_).subspan(static_cast<std::size_t>(call % (options_.ahead + 1)) * batch, batch);
}

void Caller::announce(std::int64_t call) {
  stream_.next(keys_of(call));
  if (options_.signals_intents()) worker_.intent(keys_of(call), first_clock_ + call);
}

void Caller::access(std::span<const Key> keys) {
  if (options_.pulls()) worker_.wait(worker_.pull(keys, values_));
  if (!options_.pushes()) return;
  if (options_.push_share == 1 || push_or_not_.uniform() < options_.push_share) pushes_.push(keys, updates_);
}

void Caller::compute() const {
  if (options_.compute_us <= 0) return;
  const Microseconds time(options_.compute_us);
  if (options_.compute == "sleep") return std::this_thread::sleep_for(time);
  const auto end = SteadyClock::now() + time;
  while (SteadyClock::now() < end) {
  }
}

}  // namespace adapm::bench
