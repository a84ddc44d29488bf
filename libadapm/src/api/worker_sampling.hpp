// A worker's sampling, put together: the sampler chooses keys, the worker signals intents for them and pulls them, the
// location table says which are here. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "api/manager.hpp"
#include "api/worker_core.hpp"
#include "sampling/sampler.hpp"

namespace adapm::api {

template <class V>
class WorkerSampling {
 public:
  using Id = typename WorkerCore<V>::Id;

  /// Both must outlive it.
  WorkerSampling(Manager<V>& manager, WorkerCore<V>& worker) : manager_(manager), worker_(worker) {}

  SampleId prepare(std::size_t n, Clock start, Clock end);
  Id pull(SampleId sample, std::span<Key> keys, std::span<V> values);
  void finish(SampleId sample);
  [[nodiscard]] Generator generator() const;
  void set_generator(const Generator& generator);

 private:
  [[nodiscard]] Generator first_generator() const;
  sampling::Sampler& sampler();

  Manager<V>& manager_;
  WorkerCore<V>& worker_;
  std::optional<Generator> given_;            // to begin with
  std::optional<sampling::Sampler> sampler_;  // from the first use on
};

extern template class WorkerSampling<float>;
extern template class WorkerSampling<double>;
extern template class WorkerSampling<std::int64_t>;

}  // namespace adapm::api
