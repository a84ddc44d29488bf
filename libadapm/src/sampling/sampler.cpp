#include "sampling/sampler.hpp"

#include <string>
#include <utility>

#include "adapm/error.hpp"
#include "base/assert.hpp"

namespace adapm::sampling {

void check(const Options& options) {
  if (options.sampling_scheme == SamplingScheme::pool && !options.sampling_with_replacement)
    throw ConfigurationError(
        "--sys.sampling.scheme pool uses keys repeatedly; it cannot go with --sys.sampling.with_replacement 0");
}

Sampler::Sampler(std::shared_ptr<const Population> population, const Options& options, Generator random)
    : draws_(std::move(population), options.sampling_with_replacement, random),
      scheme_(make_scheme(options, draws_)) {}

Sampler::Scheme Sampler::make_scheme(const Options& options, Draws& draws) {
  switch (options.sampling_scheme) {
    case SamplingScheme::naive:
      return Naive(draws);
    case SamplingScheme::preloc:
      return Preloc(draws);
    case SamplingScheme::pool:
      return Pool(draws, static_cast<std::size_t>(options.sampling_pool_size), options.sampling_reuse);
    case SamplingScheme::local:
      return Local(draws, options.sampling_true_share);
  }
  ADAPM_UNREACHABLE("no scheme has this value");
}

void Sampler::check_left(const Sample* sample, std::size_t keys) {
  const std::size_t left = sample == nullptr ? 0 : sample->remaining;
  if (keys > left)
    throw UsageError(std::to_string(keys) + " keys of a sample were asked for that has " + std::to_string(left) +
                     " left; prepare larger samples, or pull fewer keys");
}

void Sampler::finish(SampleId id) {
  if (samples_.find(id) != nullptr) samples_.end(id);
}

}  // namespace adapm::sampling
