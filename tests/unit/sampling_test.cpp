// What defines each sampling scheme, with the worker played by the test: it notes the intents and says which
// keys are here.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <vector>

#include "adapm/error.hpp"
#include "sampling/sampler.hpp"

using namespace adapm;
using sampling::Population;
using sampling::Sampler;

namespace {

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
std::shared_ptr<Scripted> counting() {
  return std::make_shared<Scripted>([n = Key{0}](Generator&) mutable { return n++ % num_keys; });
}
std::shared_ptr<Scripted> uniform(bool with_range) {
  return std::make_shared<Scripted>([](Generator& random) { return random.below(num_keys); },
                                    with_range ? std::optional<KeyRange>({0, num_keys}) : std::nullopt);
}

Options with(SamplingScheme scheme) {
  Options options;
  options.sampling_scheme = scheme;
  return options;
}
Options without_replacement(SamplingScheme scheme) {
  Options options = with(scheme);
  options.sampling_with_replacement = false;
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

Keys sorted(Keys keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}
bool all_different(const Keys& keys) { return std::set<Key>(keys.begin(), keys.end()).size() == keys.size(); }

/// Half the sum of the differences between two distributions.
double total_variation(const std::vector<double>& counts, const std::vector<double>& weights) {
  const double drawn = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  double difference = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    difference += std::fabs(counts[i] / drawn - weights[i] / sum);
  return difference / 2;
}

}  // namespace

// --- naive and preloc
// -----------------------------------------------------------------------------------------------

TEST_CASE("naive and preloc hand out what was drawn at preparation, whatever is here") {
  const SamplingScheme scheme = GENERATE(SamplingScheme::naive, SamplingScheme::preloc);
  const auto distribution = counting();
  Fixture f(distribution, with(scheme));
  f.is_here = [](Key) { return false; };
  const SampleId first = f.prepare(3), second = f.prepare(2);
  CHECK(distribution->draws == 5);
  CHECK(sorted(f.pull(second, 2)) == Keys{3, 4});
  CHECK(sorted(f.pull(first, 3)) == Keys{0, 1, 2});
  CHECK(distribution->draws == 5);
  CHECK(f.asked == 0);
}

TEST_CASE("preloc signals an intent for a sample's keys and clocks, naive none") {
  Fixture preloc(counting(), with(SamplingScheme::preloc)), naive(counting(), with(SamplingScheme::naive));
  preloc.prepare(3, 7, 9);
  naive.prepare(3, 7, 9);
  REQUIRE(preloc.intents.size() == 1);
  CHECK(preloc.intents[0].keys == Keys{0, 1, 2});
  CHECK((preloc.intents[0].start == 7 && preloc.intents[0].end == 9));
  CHECK(naive.intents.empty());
}

// --- pool
// -----------------------------------------------------------------------------------------------------------

namespace {

Options pool_of(std::uint64_t size, std::uint64_t reuse) {
  Options options = with(SamplingScheme::pool);
  options.sampling_pool_size = size;
  options.sampling_reuse = reuse;
  return options;
}

/// Each of these keys has intents for all clocks of [start, end).
bool covered(const std::vector<Intent>& intents, const Keys& keys, Clock start, Clock end) {
  return std::all_of(keys.begin(), keys.end(), [&](Key key) {
    for (Clock clock = start; clock < end; ++clock)
      if (std::none_of(intents.begin(), intents.end(), [&](const Intent& intent) {
            return intent.start <= clock && clock < intent.end &&
                   std::find(intent.keys.begin(), intent.keys.end(), key) != intent.keys.end();
          }))
        return false;
    return true;
  });
}

}  // namespace

TEST_CASE("each key of a pool is used exactly as often as asked for, then the next pool is drawn") {
  constexpr std::size_t size = 20;
  const std::uint64_t reuse = GENERATE(1U, 2U, 5U);
  const auto distribution = counting();
  Fixture f(distribution, pool_of(size, reuse));
  for (std::size_t pool = 0; pool < 4; ++pool) {
    std::map<Key, std::uint64_t> uses;
    for (std::size_t used = 0; used < size * reuse; used += 4)
      for (const Key key : f.sample(4)) ++uses[key];
    CHECK(distribution->draws == size * (pool + 1));
    CHECK(uses.size() == size);
    for (const auto& [key, times] : uses) {
      CHECK((size * pool <= key && key < size * (pool + 1)));
      CHECK(times == reuse);
    }
  }
}

TEST_CASE("a sample may span passes and pools") {
  const auto distribution = counting();
  Fixture f(distribution, pool_of(10, 2));
  std::map<Key, int> uses;
  for (const Key key : f.sample(35)) ++uses[key];
  CHECK(distribution->draws == 20);
  for (Key key = 0; key < 10; ++key) CHECK(uses[key] == 2);
  for (Key key = 10; key < 20; ++key) CHECK((uses[key] == 1 || uses[key] == 2));
}

TEST_CASE("each pass over a pool has an order of its own") {
  Fixture f(counting(), pool_of(50, 3));
  const Keys first = f.sample(50), second = f.sample(50), third = f.sample(50);
  CHECK(first != second);
  CHECK(second != third);
  CHECK(sorted(first) == sorted(second));
}

TEST_CASE("a pool's keys have intents while samples use them, few for each key") {
  const auto [spacing, length] = GENERATE(table<Clock, Clock>({{1, 1}, {1, 30}, {40, 3}}));
  CAPTURE(spacing, length);
  const auto distribution = counting();
  Fixture f(distribution, pool_of(20, 10));
  constexpr int samples = 400;
  for (int i = 0; i < samples; ++i) {
    const SampleId id = f.prepare(5, i * spacing, i * spacing + length);
    CHECK(covered(f.intents, f.pull(id, 5), i * spacing, i * spacing + length));
  }
  std::size_t keys_signalled = 0;
  for (const Intent& intent : f.intents) keys_signalled += intent.keys.size();
  CHECK(keys_signalled < samples * 5 / 2);  // preloc: samples * 5
  if (spacing == 1 && length == 1) CHECK(keys_signalled == distribution->draws);
}

TEST_CASE("a pool serves samples that begin before it, and samples without end") {
  Fixture f(counting(), pool_of(20, 10));
  CHECK(covered(f.intents, f.pull(f.prepare(5, 1000, 1001), 5), 1000, 1001));
  CHECK(covered(f.intents, f.pull(f.prepare(5, 900, 902), 5), 900, 902));
  f.prepare(5, clock_forever - 1, clock_forever);
  CHECK(f.intents.back().end == clock_forever);
}

TEST_CASE("a pool without replacement is a contradiction") {
  CHECK_THROWS_AS(sampling::check(without_replacement(SamplingScheme::pool)), ConfigurationError);
  for (const SamplingScheme scheme : {SamplingScheme::naive, SamplingScheme::preloc, SamplingScheme::local})
    CHECK_NOTHROW(sampling::check(without_replacement(scheme)));
}

// --- local
// ----------------------------------------------------------------------------------------------------------

TEST_CASE("local draws at the pull, takes only what is here, and signals nothing") {
  const bool with_range = GENERATE(true, false);
  const auto distribution = uniform(with_range);
  Fixture f(distribution);
  f.is_here = [](Key key) { return key % 8 == 3; };
  const SampleId id = f.prepare(1000);
  CHECK(distribution->draws == 0);
  std::set<Key> seen;
  for (int piece = 0; piece < 10; ++piece)
    for (const Key key : f.pull(id, 100)) seen.insert(key);
  CHECK(seen.size() == 13);  // 3, 11, ..., 99
  for (const Key key : seen) CHECK(key % 8 == 3);
  CHECK(f.intents.empty());
  CHECK((distribution->draws == 1000) == with_range);
}

TEST_CASE("local draws again until a key is here, which leaves proportions among these as they are") {
  std::vector<double> weights(num_keys), of_those_here(num_keys), counts(num_keys);
  for (Key key = 0; key < num_keys; ++key) {
    weights[key] = 1.0 / static_cast<double>(1 + key);
    of_those_here[key] = key % 3 == 1 ? weights[key] : 0;
  }
  Fixture f(std::make_shared<AliasDistribution>(weights));
  f.is_here = [](Key key) { return key % 3 == 1; };
  for (const Key key : f.sample(100'000)) ++counts[key];
  CHECK(total_variation(counts, of_those_here) < 0.01);
}

TEST_CASE("in a range local takes the next key that is here, round about") {
  const auto at_80 = std::make_shared<Scripted>([](Generator&) { return Key{80}; }, KeyRange{10, 90});
  Fixture f(at_80);
  f.is_here = [](Key key) { return key == 5 || key == 85 || key == 95; };
  CHECK(f.sample(2) == Keys{85, 85});
  f.is_here = [](Key key) { return key == 5 || key == 20 || key == 95; };
  CHECK(f.sample(2) == Keys{20, 20});
}

TEST_CASE("where nothing is here local gives what it has drawn, after a bounded search") {
  using sampling::Local;
  const bool with_range = GENERATE(true, false);
  const bool with_replacement = GENERATE(true, false);
  CAPTURE(with_range, with_replacement);
  const auto distribution = uniform(with_range);
  Fixture f(distribution,
            with_replacement ? with(SamplingScheme::local) : without_replacement(SamplingScheme::local));
  f.is_here = [](Key) { return false; };
  std::vector<double> counts(num_keys);
  constexpr std::size_t rounds = 200, keys = 10;
  for (std::size_t i = 0; i < rounds; ++i)
    for (const Key key : f.sample(keys)) ++counts[key];
  CHECK(f.asked == rounds * keys * (with_range ? num_keys : Local::max_draws));
  CHECK(distribution->draws <= rounds * keys * (with_range ? 3 : Local::max_draws + 2));
  CHECK(total_variation(counts, std::vector<double>(num_keys, 1)) < 0.15);
}

TEST_CASE("a search in a large range is bounded too") {
  constexpr Key many = 1'000'000;
  Fixture f(std::make_shared<UniformDistribution>(0, many), {}, ValueLayout::uniform(many, 1));
  f.is_here = [](Key) { return false; };
  CHECK(all_different(f.sample(5)));
  CHECK(f.asked == 5 * sampling::Local::max_probes);
}

TEST_CASE("a true share bounds how far local is from the distribution, at every place of a sample") {
  const double share = GENERATE(0.0, 0.25, 0.5, 1.0);
  const bool with_range = GENERATE(true, false);
  CAPTURE(share, with_range);
  Options options;
  options.sampling_true_share = share;
  Fixture f(uniform(with_range), options);
  f.is_here = [](Key key) { return key < 10; };
  constexpr std::size_t samples = 40'000, keys = 5;
  std::vector<std::vector<double>> at_place(keys, std::vector<double>(num_keys));
  for (std::size_t i = 0; i < samples; ++i) {
    const SampleId id = f.prepare(keys);
    Keys pulled = f.pull(id, 2);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}})
      for (const Key key : f.pull(id, piece)) pulled.push_back(key);
    for (std::size_t place = 0; place < keys; ++place) ++at_place[place][pulled[place]];
  }
  for (const std::vector<double>& counts : at_place) {
    const double variation = total_variation(counts, std::vector<double>(num_keys, 1));
    CHECK(variation < 1 - share + 0.03);                         // the bound, and what chance adds
    CHECK(variation == Approx(0.9 * (1 - share)).margin(0.03));  // 9 of 10 keys are not here
  }
  double ahead = 0;
  for (const Intent& intent : f.intents) ahead += static_cast<double>(intent.keys.size());
  CHECK(ahead / (samples * keys) == Approx(share).margin(0.005));
}

// --- without replacement
// --------------------------------------------------------------------------------------------

TEST_CASE("without replacement the keys of a sample are different, up to all there are") {
  const SamplingScheme scheme =
      GENERATE(SamplingScheme::naive, SamplingScheme::preloc, SamplingScheme::local);
  const bool with_range = GENERATE(true, false);
  const double share = GENERATE(0.0, 0.3);
  CAPTURE(static_cast<int>(scheme), with_range, share);
  Options options = without_replacement(scheme);
  options.sampling_true_share = share;
  Fixture f(uniform(with_range), options);
  f.is_here = [](Key key) { return key % 4 == 0; };
  for (const std::size_t n : {std::size_t{2}, std::size_t{30}, std::size_t{100}}) {
    const SampleId id = f.prepare(n), other = f.prepare(n);
    Keys keys = f.pull(id, n / 2);
    CHECK(all_different(f.pull(other, n)));
    const Keys rest = f.pull(id, n - n / 2);
    keys.insert(keys.end(), rest.begin(), rest.end());
    CHECK(all_different(keys));
  }
}

TEST_CASE("a sample of more different keys than there are is refused") {
  const SamplingScheme scheme =
      GENERATE(SamplingScheme::naive, SamplingScheme::preloc, SamplingScheme::local);
  Fixture range(std::make_shared<UniformDistribution>(0, 7), without_replacement(scheme));
  CHECK_THROWS_WITH(range.prepare(8), Catch::Contains("8 different keys") && Catch::Contains("only 7"));
  CHECK(all_different(range.sample(7)));
  // Without a range that shows only when nothing new comes.
  Fixture weights(std::make_shared<AliasDistribution>(std::vector<double>(7, 1), 1, 2),
                  without_replacement(scheme));
  CHECK(all_different(weights.sample(7)));
  CHECK_THROWS_WITH(weights.sample(8), Catch::Contains("none was new"));
  CHECK(all_different(weights.sample(7)));
}

TEST_CASE("unlikely keys of a range are found without replacement") {
  const auto zero = std::make_shared<Scripted>([](Generator&) { return Key{0}; }, KeyRange{0, 50});
  Fixture f(zero, without_replacement(SamplingScheme::naive));
  CHECK(all_different(f.sample(50)));
}

// --- samples
// --------------------------------------------------------------------------------------------------------

TEST_CASE("samples are pulled in any order and in pieces, and end with their last key") {
  Fixture f(counting(), with(SamplingScheme::naive));
  std::vector<SampleId> ids;
  for (std::size_t i = 0; i < 5; ++i) ids.push_back(f.prepare(10));
  for (const std::size_t i : {3U, 0U, 4U, 1U, 2U}) {
    Keys keys = f.pull(ids[i], 4);
    for (const Key key : f.pull(ids[i], 6)) keys.push_back(key);
    Keys expected(10);
    std::iota(expected.begin(), expected.end(), 10 * i);
    CHECK(sorted(keys) == expected);
    CHECK_THROWS_AS(f.pull(ids[i], 1), UsageError);
    CHECK(f.pull(ids[i], 0).empty());
  }
}

TEST_CASE("more keys than a sample has left are refused, and nothing is lost by asking") {
  const SamplingScheme scheme =
      GENERATE(SamplingScheme::naive, SamplingScheme::preloc, SamplingScheme::pool, SamplingScheme::local);
  Fixture f(counting(), with(scheme));
  const SampleId id = f.prepare(5);
  f.pull(id, 2);
  CHECK_THROWS_WITH(f.pull(id, 4), Catch::Contains("4 keys") && Catch::Contains("3 left"));
  CHECK(f.pull(id, 3).size() == 3);
}

TEST_CASE("a finished sample has nothing left, also when its place is used again") {
  Fixture f(counting());
  const SampleId id = f.prepare(5);
  f.sampler.finish(id);
  CHECK_THROWS_AS(f.pull(id, 1), UsageError);
  const SampleId next = f.prepare(5);
  CHECK(next != id);
  CHECK_THROWS_AS(f.pull(id, 1), UsageError);
  CHECK_NOTHROW(f.sampler.finish(id));
  CHECK(f.pull(next, 5).size() == 5);
}

TEST_CASE("a sample that was never prepared is refused, an empty one is not") {
  Fixture f(counting());
  CHECK_THROWS_WITH(f.pull(SampleId{12345}, 0), Catch::Contains("12345"));
  CHECK_THROWS_AS(f.sampler.finish(SampleId{}), UsageError);
  const SampleId empty = f.prepare(0);
  CHECK(f.pull(empty, 0).empty());
  CHECK_THROWS_AS(f.pull(empty, 1), UsageError);
  CHECK_NOTHROW(f.sampler.finish(empty));
}

// --- what may be drawn
// ----------------------------------------------------------------------------------------------

TEST_CASE("a key that a distribution may not give is refused, where it is drawn") {
  const auto wild = [](std::optional<KeyRange> range) {
    return std::make_shared<Scripted>([n = 0](Generator&) mutable { return n++ == 1 ? Key{100} : Key{99}; },
                                      range);
  };
  Fixture ahead(wild({}), with(SamplingScheme::naive));
  CHECK_THROWS_WITH(ahead.prepare(3), Catch::Contains("key 100") && Catch::Contains("below 100"));
  Fixture local(wild({}));
  const SampleId id = local.prepare(3);
  CHECK_THROWS_AS(local.pull(id, 3), UsageError);
  CHECK_THROWS_AS(local.pull(id, 1), UsageError);  // it has ended
  CHECK(local.sample(2) == Keys{99, 99});
  Fixture range(wild(KeyRange{90, 100}), with(SamplingScheme::naive), ValueLayout::uniform(1000, 1));
  CHECK_THROWS_WITH(range.prepare(3), Catch::Contains("key 100") && Catch::Contains("its range"));
  Fixture pool(wild({}), pool_of(3, 2));
  CHECK_THROWS_AS(pool.prepare(3), UsageError);
  CHECK(pool.sample(6) == Keys(6, 99));
}

TEST_CASE("a distribution must fit the store") {
  const ValueLayout layout = ValueLayout::uniform(num_keys, 4);
  CHECK_THROWS_AS(Population(nullptr, layout), UsageError);
  CHECK_THROWS_WITH(Population(std::make_shared<UniformDistribution>(0, 101), layout),
                    Catch::Contains("below 101"));
  CHECK(Population(std::make_shared<UniformDistribution>(0, 100), layout).length() == 4);
}

TEST_CASE("the keys of a distribution must have values of the same length") {
  std::vector<std::uint32_t> lengths(num_keys, 3);
  for (std::size_t i = 0; i < num_keys; i += 2) lengths[i] = 5;
  lengths[40] = 3;
  const ValueLayout layout = ValueLayout::per_key(lengths);
  CHECK_THROWS_WITH(Population(std::make_shared<UniformDistribution>(0, 10), layout),
                    Catch::Contains("key 1"));
  CHECK(Population(std::make_shared<UniformDistribution>(39, 42), layout).length() == 3);
  const std::vector<double> weights(20, 1);
  Fixture odd(std::make_shared<AliasDistribution>(weights, 1, 2), with(SamplingScheme::naive), layout);
  CHECK(odd.sampler.population().length() == 3);
  CHECK_NOTHROW(odd.sample(1000));
  Fixture all(std::make_shared<AliasDistribution>(weights), with(SamplingScheme::naive), layout);
  CHECK_THROWS_WITH(all.sample(1000), Catch::Contains("same length"));
}

TEST_CASE("samples follow from the generator") {
  const auto keys = [](std::uint64_t seed) {
    Sampler sampler(std::make_shared<const Population>(uniform(true), ValueLayout::uniform(num_keys, 1)),
                    Options{}, Generator({seed}));
    Keys drawn(50);
    std::size_t asked = 0;
    sampler.choose(sampler.prepare(50, 0, 1, [](KeySpan, Clock, Clock) {}), drawn,
                   Whereabouts{[](Key) { return true; }, &asked});
    return drawn;
  };
  CHECK(keys(1) == keys(1));
  CHECK(keys(1) != keys(2));
}
