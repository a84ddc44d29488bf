#include "c/handles.hpp"

namespace adapm::c {

namespace {

AnyWorker open_worker(AnyStore& of_any) {
  return std::visit(
      []<class V>(std::unique_ptr<Store<V>>& store) -> AnyWorker {
        return std::make_unique<Worker<V>>(*store);
      },
      of_any);
}

template <class Call>
adapm_status on_worker(const adapm_worker* handle, Call call) noexcept {
  return guarded([&] { with_worker(handle, call); });
}

template <class V>
std::span<V> values_of(void* values, std::size_t size) {
  return array(static_cast<V*>(values), size, "values");
}

template <class V>
std::span<const V> values_of(const void* values, std::size_t size) {
  return array(static_cast<const V*>(values), size, "values");
}

KeySpan keys_of(const adapm_key* keys, std::size_t size) { return array(keys, size, "keys"); }

void write(adapm_ticket* ticket, Ticket of_operation) {
  if (ticket != nullptr) *ticket = of_operation.number();
}

}  // namespace

}  // namespace adapm::c

using namespace adapm::c;

adapm_status adapm_worker_open(adapm_worker** worker, adapm_store* store) {
  return guarded([&] {
    adapm_worker*& opened = given(worker, "worker");
    opened = new adapm_worker{open_worker(given(store, "store").store), store};
    ++store->num_workers;
  });
}

void adapm_worker_close(adapm_worker* worker) {
  if (worker == nullptr) return;
  adapm_store* const store = worker->store;
  delete worker;
  --store->num_workers;
}

// --- access
// --------------------------------------------------------------------------------------------------------

adapm_status adapm_pull(adapm_worker* worker, const adapm_key* keys, size_t num_keys, void* values,
                        size_t num_values, adapm_ticket* ticket) {
  return on_worker(worker, [&]<class V>(adapm::Worker<V>& w) {
    write(ticket, w.pull(keys_of(keys, num_keys), values_of<V>(values, num_values)));
  });
}

adapm_status adapm_push(adapm_worker* worker, const adapm_key* keys, size_t num_keys, const void* updates,
                        size_t num_updates, adapm_ticket* ticket) {
  return on_worker(worker, [&]<class V>(adapm::Worker<V>& w) {
    write(ticket, w.push(keys_of(keys, num_keys), values_of<V>(updates, num_updates)));
  });
}

adapm_status adapm_set(adapm_worker* worker, const adapm_key* keys, size_t num_keys, const void* values,
                       size_t num_values, adapm_ticket* ticket) {
  return on_worker(worker, [&]<class V>(adapm::Worker<V>& w) {
    write(ticket, w.set(keys_of(keys, num_keys), values_of<V>(values, num_values)));
  });
}

adapm_status adapm_pull_if_local(adapm_worker* worker, adapm_key key, void* value, size_t length,
                                 int* found) {
  return on_worker(worker, [&]<class V>(adapm::Worker<V>& w) {
    int& result = given(found, "found");
    result = w.pull_if_local(key, values_of<V>(value, length)) ? 1 : 0;
  });
}

// --- completion
// ----------------------------------------------------------------------------------------------------

adapm_status adapm_wait(adapm_worker* worker, adapm_ticket ticket) {
  return on_worker(worker, [&](auto& w) { w.wait(adapm::Ticket::numbered(ticket)); });
}

adapm_status adapm_wait_all(adapm_worker* worker) {
  return on_worker(worker, [&](auto& w) { w.wait_all(); });
}

adapm_status adapm_is_done(adapm_worker* worker, adapm_ticket ticket, int* done) {
  return on_worker(
      worker, [&](auto& w) { given(done, "done") = w.is_done(adapm::Ticket::numbered(ticket)) ? 1 : 0; });
}

// --- intent
// --------------------------------------------------------------------------------------------------------

adapm_status adapm_intent(adapm_worker* worker, const adapm_key* keys, size_t num_keys, adapm_clock start,
                          adapm_clock end) {
  return on_worker(worker, [&](auto& w) { w.intent(keys_of(keys, num_keys), start, end); });
}

adapm_status adapm_advance_clock(adapm_worker* worker) {
  return on_worker(worker, [](auto& w) { w.advance_clock(); });
}

adapm_clock adapm_current_clock(const adapm_worker* worker) {
  adapm_clock clock = 0;
  on_worker(worker, [&](const auto& w) { clock = w.current_clock(); });
  return clock;
}

// --- sampling
// ------------------------------------------------------------------------------------------------------

adapm_status adapm_prepare_sample(adapm_worker* worker, size_t num_keys, adapm_clock start, adapm_clock end,
                                  adapm_sample* sample) {
  return on_worker(worker, [&](auto& w) {
    adapm_sample& prepared = given(sample, "sample");
    prepared = static_cast<adapm_sample>(w.prepare_sample(num_keys, start, end));
  });
}

adapm_status adapm_pull_sample(adapm_worker* worker, adapm_sample sample, adapm_key* keys, size_t num_keys,
                               void* values, size_t num_values, adapm_ticket* ticket) {
  return on_worker(worker, [&]<class V>(adapm::Worker<V>& w) {
    write(ticket, w.pull_sample(adapm::SampleId{sample}, array(keys, num_keys, "keys"),
                                values_of<V>(values, num_values)));
  });
}

adapm_status adapm_finish_sample(adapm_worker* worker, adapm_sample sample) {
  return on_worker(worker, [&](auto& w) { w.finish_sample(adapm::SampleId{sample}); });
}

// --- together
// ------------------------------------------------------------------------------------------------------

adapm_status adapm_wait_sync(adapm_worker* worker) {
  return on_worker(worker, [](auto& w) { w.wait_sync(); });
}

adapm_status adapm_barrier(adapm_worker* worker) {
  return on_worker(worker, [](auto& w) { w.barrier(); });
}

adapm_status adapm_begin_setup(adapm_worker* worker) {
  return on_worker(worker, [](auto& w) { w.begin_setup(); });
}

adapm_status adapm_end_setup(adapm_worker* worker) {
  return on_worker(worker, [](auto& w) { w.end_setup(); });
}
