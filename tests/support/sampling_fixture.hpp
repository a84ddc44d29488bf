// A sampler and the worker around it, played by the test: it notes the intents and says which keys are here.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <vector>

#include "adapm/error.hpp"
#include "sampling/sampler.hpp"

namespace adapm::test {

using sampling::Population;
using sampling::Sampler;

using Keys = std::vector<Key>;
constexpr std::uint64_t num_keys = 100;

/// Gives what `next` gives; counts.
class Scripted final : public Distribution {
 public:
  explicit Scripted(std::function<Key(Generator&)> next, std::optional<KeyRange> range = {})
      : next_(std::move(next)), range_(range) {}
  Key draw(Generator& random) const override {
    ++draws;
    return next_(random);
  }
  [[nodiscard]] std::optional<KeyRange> range() const override { return range_; }
  mutable std::size_t draws = 0;

 private:
  const std::function<Key(Generator&)> next_;
  const std::optional<KeyRange> range_;
};

/// 0, 1, 2, ..., round about.
inline std::shared_ptr<Scripted> counting() {
  return std::make_shared<Scripted>([n = Key{0}](Generator&) mutable { return n++ % num_keys; });
}
inline std::shared_ptr<Scripted> uniform(bool with_range) {
  return std::make_shared<Scripted>([](Generator& random) { return random.below(num_keys); },
                                    with_range ? std::optional<KeyRange>({0, num_keys}) : std::nullopt);
}

inline Options with(SamplingScheme scheme) {
  Options options;
  options.sampling_scheme = scheme;
  return options;
}
inline Options without_replacement(SamplingScheme scheme) {
  Options options = with(scheme);
  options.sampling_with_replacement = false;
  return options;
}

inline Options pool_of(std::uint64_t size, std::uint64_t reuse) {
  Options options = with(SamplingScheme::pool);
  options.sampling_pool_size = size;
  options.sampling_reuse = reuse;
  return options;
}

struct Intent {
  Keys keys;
  Clock start, end;
};

/// Stands for the location table.
struct Whereabouts {
  std::function<bool(Key)> is_here;
  std::size_t* asked;
  [[nodiscard]] bool here(Key key) const { return ++*asked, is_here(key); }
  void prefetch(Key) const {}
};

/// A sampler and the worker around it.
struct Fixture {
  explicit Fixture(const std::shared_ptr<const Distribution>& distribution, const Options& options = {},
                   const ValueLayout& layout = ValueLayout::uniform(num_keys, 1))
      : sampler(std::make_shared<const Population>(distribution, layout), options, Generator({1})) {}

  SampleId prepare(std::size_t n, Clock start = 0, Clock end = 1) {
    return sampler.prepare(n, start, end, [&](KeySpan keys, Clock from, Clock to) {
      if (!keys.empty()) intents.push_back({{keys.begin(), keys.end()}, from, to});
    });
  }
  Keys pull(SampleId id, std::size_t n) {
    Keys keys(n, num_keys);
    sampler.choose(id, keys, Whereabouts{is_here, &asked});
    return keys;
  }
  Keys sample(std::size_t n) { return pull(prepare(n), n); }

  Sampler sampler;
  std::vector<Intent> intents;
  std::function<bool(Key)> is_here = [](Key) { return true; };
  std::size_t asked = 0;
};

inline Keys sorted(Keys keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}
inline bool all_different(const Keys& keys) { return std::set<Key>(keys.begin(), keys.end()).size() == keys.size(); }

/// Half the sum of the differences between two distributions.
inline double total_variation(const std::vector<double>& counts, const std::vector<double>& weights) {
  const double drawn = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  double difference = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    difference += std::fabs(counts[i] / drawn - weights[i] / sum);
  return difference / 2;
}

}  // namespace adapm::test
