#include "scale/simulated_rank.hpp"

namespace adapm::bench {

namespace {

apps::WorkerPlace place(const test::SimulatedPort& port) {
  return {static_cast<std::size_t>(port.rank()), static_cast<std::size_t>(port.size())};
}

}  // namespace

SimulatedRank::SimulatedRank(test::Network& network, GridTraffic& grid, int rank, const Workload& workload,
                             const Options& options)
    : workload_(workload),
      network_port_(network, rank),
      port_(network_port_, grid),
      stream_(workload.keys, place(network_port_), 1, static_cast<std::uint64_t>(rank)),
      ring_(static_cast<std::size_t>(workload.ahead + 1) * workload.batch),
      values_(workload.batch * workload.length),
      updates_(values_.size(), 1e-3F) {
  const std::size_t before = heap_bytes_in_use();
  const ValueLayout layout = ValueLayout::uniform(workload.keys.num_keys, workload.length);
  manager_ = std::make_unique<api::Manager<float>>(layout, options, port_, [] {});
  worker_.emplace(*manager_);
  heap_bytes_ = heap_bytes_in_use() - before - port_.heap_bytes();
  if (workload.calls_a_round == 0) return;
  for (std::int64_t call = 0; call < workload.ahead; ++call) announce(call);
}

SimulatedRank::~SimulatedRank() {
  manager_->fail_all();
  worker_.reset();
}

std::span<Key> SimulatedRank::keys_of(std::int64_t call) {
  return std::span(ring_).subspan(static_cast<std::size_t>(call % (workload_.ahead + 1)) * workload_.batch,
                                  workload_.batch);
}

void SimulatedRank::announce(std::int64_t call) {
  stream_.next(keys_of(call));
  worker_->intent(keys_of(call), call, call + 1);
}

bool SimulatedRank::call() {
  if (!worker_->is_done(open_pull_)) return false;
  announce(next_call_ + workload_.ahead);
  open_pull_ = worker_->pull(keys_of(next_call_), values_);
  worker_->push(keys_of(next_call_), updates_);
  worker_->advance_clock();
  ++next_call_;
  return true;
}

void SimulatedRank::poll() {
  const auto started = CountingPort::Clock::now();
  const auto within_port = port_.time_within();
  manager_->poll();
  work_ += CountingPort::Clock::now() - started - (port_.time_within() - within_port);
}

}  // namespace adapm::bench
