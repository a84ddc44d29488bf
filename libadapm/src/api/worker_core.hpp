// A worker's side of the manager: what is done in the worker's own thread, and the operations it hands over. One
// thread at a time. Worker<V> is this behind the public interface; the simulated cluster uses it directly.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "access/operation.hpp"
#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"
#include "api/manager.hpp"

namespace adapm::api {

template <class V>
class WorkerCore {
 public:
  /// Names an operation; 0: done at once.
  using Id = std::uint64_t;
  static constexpr Id done_at_once = 0;

  explicit WorkerCore(Manager<V>& manager, Clock first_clock = 0);
  /// Waits for open operations.
  ~WorkerCore();
  WorkerCore(const WorkerCore&) = delete;
  WorkerCore& operator=(const WorkerCore&) = delete;

  Id pull(KeySpan keys, std::span<V> values);
  Id push(KeySpan keys, std::span<const V> updates);
  Id set(KeySpan keys, std::span<const V> values);
  [[nodiscard]] bool pull_if_local(Key key, std::span<V> value);

  /// What is pulled next is a sample's.
  void note_sample(KeySpan keys);

  void wait(Id id);
  [[nodiscard]] bool is_done(Id id);
  void wait_all();

  void intent(KeySpan keys, Clock start, Clock end);
  void advance_clock();
  [[nodiscard]] Clock current_clock() const { return context_->intents->clock(); }

  /// Among this rank's workers, in the order of construction.
  [[nodiscard]] std::uint64_t number() const { return context_->number; }

  [[nodiscard]] stats::WorkerCounters& counters() { return counters_; }

  void wait_sync();
  void barrier();
  void end_setup();

 private:
  using Operation = access::Operation<V>;

  void check_keys(KeySpan keys) const;
  void check_shape(KeySpan keys, std::size_t elements) const;
  template <class Access>
  bool access_fixed(KeySpan keys, stats::AccessCounters& counts, Access access);
  template <base::Use use, class Visit>
  void for_each_key(KeySpan keys, const Visit& visit);
  template <class Access>
  auto finding(KeySpan keys, Access access);
  Operation& missing(std::unique_ptr<Operation>& operation, access::OperationKind kind);
  void add_missing_value(std::unique_ptr<Operation>& operation, access::OperationKind kind, Key key, const V* value);
  Id submit(std::unique_ptr<Operation> operation);
  void reclaim();
  [[nodiscard]] Operation* find(Id id);

  Manager<V>& manager_;
  store::ValueStore<V>& values_;
  const ValueLayout& layout_;
  const directory::LocationTable& table_;
  const std::shared_ptr<WorkerContext> context_;
  stats::WorkerCounters& counters_;
  std::deque<std::unique_ptr<Operation>> open_;  // oldest first, in the order of their numbers
  Id first_open_ = 1;                            // number of open_.front()
  std::vector<std::unique_ptr<Operation>> spare_;
};

extern template class WorkerCore<float>;
extern template class WorkerCore<double>;
extern template class WorkerCore<std::int64_t>;

}  // namespace adapm::api
