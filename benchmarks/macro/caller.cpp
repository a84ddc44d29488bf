#include "macro/caller.hpp"

#include <algorithm>
#include <thread>

namespace adapm::bench {

namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

/// Drawn beforehand: to draw a key by Zipf's law takes as long as to access it. More than any cache has values for.
std::vector<Key> draw(const AccessOptions& options, apps::WorkerPlace rank, std::uint64_t number) {
  constexpr std::int64_t most_keys = std::int64_t{1} << 20U;
  const std::int64_t calls =
      std::max(std::min(options.calls + options.ahead, most_keys / options.batch), options.ahead + 1);
  std::vector<Key> keys(static_cast<std::size_t>(calls * options.batch));
  KeyStream(options.key_law(), rank, static_cast<std::uint64_t>(options.seed), number).next(keys);
  return keys;
}

}  // namespace

Caller::Caller(Worker<float>& worker, const AccessOptions& options, apps::WorkerPlace rank, std::uint64_t number)
    : worker_(worker),
      options_(options),
      keys_(draw(options, rank, number)),
      push_or_not_({static_cast<std::uint64_t>(options.seed), number, 1}),
      first_clock_(worker.current_clock()),
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

std::span<const Key> Caller::keys_of(std::int64_t call) const {
  const auto batch = static_cast<std::size_t>(options_.batch);
  return std::span(keys_).subspan(static_cast<std::size_t>(call) * batch % keys_.size(), batch);
}

void Caller::announce(std::int64_t call) {
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
