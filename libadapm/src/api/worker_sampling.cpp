#include "api/worker_sampling.hpp"

#include <string>

#include "adapm/error.hpp"

namespace adapm::api {

namespace {

/// What the scheme `local` asks: is the key in memory that this process reads by itself? One that leaves between the
/// answer and the pull is pulled from where it went.
template <class V>
struct Whereabouts {
  Manager<V>& manager;

  [[nodiscard]] bool here(Key key) const {
    return manager.keys_stay() || manager.table().get(key).has_place() || manager.is_at_neighbour(key);
  }
  void prefetch(Key key) const {
    if (!manager.keys_stay()) manager.table().prefetch(key);
  }
};

}  // namespace

template <class V>
sampling::Sampler& WorkerSampling<V>::sampler() {
  manager_.check_open();
  if (!sampler_) sampler_.emplace(manager_.population(), manager_.options(), first_generator());
  return *sampler_;
}

template <class V>
SampleId WorkerSampling<V>::prepare(std::size_t n, Clock start, Clock end) {
  if (end <= start)
    throw UsageError("a sample for the clocks from " + std::to_string(start) + " to below " + std::to_string(end) +
                     " cannot be pulled; its end must be after its start");
  return sampler().prepare(n, start, end,
                           [this](KeySpan keys, Clock from, Clock to) { worker_.intent(keys, from, to); });
}

template <class V>
typename WorkerSampling<V>::Id WorkerSampling<V>::pull(SampleId sample, std::span<Key> keys, std::span<V> values) {
  sampling::Sampler& sampler = this->sampler();
  const std::size_t expected = keys.size() * sampler.population().length();
  if (values.size() != expected)
    throw UsageError("the values of " + std::to_string(keys.size()) + " keys of a sample have " +
                     std::to_string(expected) + " elements, but the span has " + std::to_string(values.size()));
  sampler.choose(sample, keys, Whereabouts<V>{manager_});
  worker_.note_sample(keys);
  return worker_.pull(keys, values);
}

template <class V>
void WorkerSampling<V>::finish(SampleId sample) {
  sampler().finish(sample);
}

template <class V>
Generator WorkerSampling<V>::first_generator() const {
  if (given_) return *given_;
  return Generator({manager_.sampling_seed(), static_cast<std::uint64_t>(manager_.rank()), worker_.number()});
}

template <class V>
Generator WorkerSampling<V>::generator() const {
  return sampler_ ? sampler_->generator() : first_generator();
}

template <class V>
void WorkerSampling<V>::set_generator(const Generator& generator) {
  given_ = generator;
  if (sampler_) sampler_->set_generator(generator);
}

template class WorkerSampling<float>;
template class WorkerSampling<double>;
template class WorkerSampling<std::int64_t>;

}  // namespace adapm::api
