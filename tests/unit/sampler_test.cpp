// Samples and their keys, whatever the scheme.
#include <catch2/catch.hpp>

#include "support/sampling_fixture.hpp"

using namespace adapm;
using namespace adapm::test;

// --- without replacement ---------------------------------------------------------------------------------------------

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

// --- samples ---------------------------------------------------------------------------------------------------------

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

// --- what may be drawn -----------------------------------------------------------------------------------------------

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
