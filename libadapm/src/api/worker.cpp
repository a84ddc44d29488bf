#include "adapm/worker.hpp"

#include "api/store_implementation.hpp"
#include "api/worker_core.hpp"
#include "api/worker_sampling.hpp"
#include "stats/call_timer.hpp"

namespace adapm {

template <ValueElement V>
struct Worker<V>::Implementation {
  Implementation(api::Manager<V>& manager, Clock first_clock)
      : core(manager, first_clock), sampling(manager, core), timed(core.counters().call_nanoseconds) {}

  api::WorkerCore<V> core;
  api::WorkerSampling<V> sampling;
  stats::CallTimer<> timed;
};

template <ValueElement V>
Worker<V>::Worker(Store<V>& store, Clock first_clock) {
  store.implementation_->manager.check_open();
  implementation_ = std::make_unique<Implementation>(store.implementation_->manager, first_clock);
  store.implementation_->look_for_crowding();
}

template <ValueElement V>
Worker<V>::~Worker() = default;

template <ValueElement V>
Ticket Worker<V>::pull(KeySpan keys, std::span<V> values) {
  return Ticket(implementation_->timed([&] { return implementation_->core.pull(keys, values); }));
}

template <ValueElement V>
Ticket Worker<V>::push(KeySpan keys, std::span<const V> updates) {
  return Ticket(implementation_->timed([&] { return implementation_->core.push(keys, updates); }));
}

template <ValueElement V>
Ticket Worker<V>::set(KeySpan keys, std::span<const V> values) {
  return Ticket(implementation_->timed([&] { return implementation_->core.set(keys, values); }));
}

template <ValueElement V>
bool Worker<V>::pull_if_local(Key key, std::span<V> value) {
  return implementation_->core.pull_if_local(key, value);
}

template <ValueElement V>
void Worker<V>::wait(Ticket ticket) {
  api::WorkerCore<V>& core = implementation_->core;
  if (core.is_done(ticket.id_)) return core.wait(ticket.id_);
  stats::CallTimer<>::every(core.counters().wait_nanoseconds, [&] { core.wait(ticket.id_); });
}

template <ValueElement V>
bool Worker<V>::is_done(Ticket ticket) {
  return implementation_->core.is_done(ticket.id_);
}

template <ValueElement V>
void Worker<V>::wait_all() {
  api::WorkerCore<V>& core = implementation_->core;
  stats::CallTimer<>::every(core.counters().wait_nanoseconds, [&] { core.wait_all(); });
}

template <ValueElement V>
void Worker<V>::intent(KeySpan keys, Clock start, Clock end) {
  implementation_->timed([&] { implementation_->core.intent(keys, start, end); });
}

template <ValueElement V>
void Worker<V>::advance_clock() {
  implementation_->core.advance_clock();
}

template <ValueElement V>
Clock Worker<V>::current_clock() const {
  return implementation_->core.current_clock();
}

template <ValueElement V>
SampleId Worker<V>::prepare_sample(std::size_t n, Clock start, Clock end) {
  return implementation_->timed([&] { return implementation_->sampling.prepare(n, start, end); });
}

template <ValueElement V>
Ticket Worker<V>::pull_sample(SampleId sample, std::span<Key> keys, std::span<V> values) {
  return Ticket(implementation_->timed([&] { return implementation_->sampling.pull(sample, keys, values); }));
}

template <ValueElement V>
void Worker<V>::finish_sample(SampleId sample) {
  implementation_->sampling.finish(sample);
}

template <ValueElement V>
Generator Worker<V>::sampling_generator() const {
  return implementation_->sampling.generator();
}

template <ValueElement V>
void Worker<V>::set_sampling_generator(const Generator& generator) {
  implementation_->sampling.set_generator(generator);
}

template <ValueElement V>
void Worker<V>::wait_sync() {
  implementation_->core.wait_sync();
}

template <ValueElement V>
void Worker<V>::barrier() {
  implementation_->core.barrier();
}

template <ValueElement V>
void Worker<V>::begin_setup() {
  wait_sync();
  barrier();
}

template <ValueElement V>
void Worker<V>::end_setup() {
  implementation_->core.end_setup();
}

template class Worker<float>;
template class Worker<double>;
template class Worker<std::int64_t>;

}  // namespace adapm
