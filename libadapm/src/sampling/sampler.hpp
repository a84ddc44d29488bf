// One worker's sampling: its prepared samples and the scheme that chooses their keys. It knows nothing of workers,
// values or messages: intents are signalled, and asked is where keys are, through what the caller passes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <variant>

#include "adapm/options.hpp"
#include "sampling/draws.hpp"
#include "sampling/local.hpp"
#include "sampling/naive.hpp"
#include "sampling/pool.hpp"
#include "sampling/preloc.hpp"
#include "sampling/sample_table.hpp"

namespace adapm::sampling {

/// Errors  ConfigurationError if the sampling options contradict each other.
void check(const Options& options);

class Sampler {
 public:
  Sampler(std::shared_ptr<const Population> population, const Options& options, Generator random);

  /// Reserves a sample of `n` keys. Calls intend(keys, start, end) for keys that are to come here.
  /// Errors  UsageError if a sample cannot have `n` keys, or for what the distribution gives.
  template <class Intend>
  SampleId prepare(std::size_t n, Clock start, Clock end, Intend&& intend) {
    draws_.check_size(n);
    const SampleId id = samples_.add(n);
    Sample& sample = *samples_.find(id);
    end_on_error(id, [&] {
      std::visit([&](auto& scheme) { scheme.prepare(sample, start, end, intend); }, scheme_);
    });
    if (n == 0) samples_.end(id);
    return id;
  }

  /// Sets `keys` to the next keys of the sample. With the last one it ends.
  /// Errors  UsageError if the sample is not known or has fewer keys left; and for what the distribution gives, then
  ///         the sample ends.
  template <class Whereabouts>
  void choose(SampleId id, std::span<Key> keys, const Whereabouts& whereabouts) {
    Sample* const sample = samples_.find(id);
    check_left(sample, keys.size());
    if (keys.empty()) return;
    end_on_error(id, [&] {
      std::visit([&](auto& scheme) { scheme.choose(*sample, keys, whereabouts); }, scheme_);
    });
    sample->remaining -= keys.size();
    if (sample->remaining == 0) samples_.end(id);
  }

  /// Gives up the keys that are left.
  /// Errors  UsageError if the sample is not known.
  void finish(SampleId id);

  /// What is drawn with from now on.
  [[nodiscard]] const Generator& generator() const { return draws_.random(); }
  void set_generator(const Generator& generator) { draws_.random() = generator; }

  [[nodiscard]] const Population& population() const { return draws_.population(); }

 private:
  using Scheme = std::variant<Naive, Preloc, Pool, Local>;
  static Scheme make_scheme(const Options& options, Draws& draws);
  static void check_left(const Sample* sample, std::size_t keys);

  template <class Do>
  void end_on_error(SampleId id, Do&& act) {
    try {
      act();
    } catch (...) {
      samples_.end(id);
      throw;
    }
  }

  Draws draws_;
  Scheme scheme_;
  SampleTable samples_;
};

}  // namespace adapm::sampling
