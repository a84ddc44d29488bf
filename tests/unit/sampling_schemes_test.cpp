// What defines each sampling scheme.
#include <catch2/catch.hpp>
#include <map>

#include "support/sampling_fixture.hpp"

using namespace adapm;
using namespace adapm::test;

// --- naive and preloc ------------------------------------------------------------------------------------------------

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

// --- pool ------------------------------------------------------------------------------------------------------------

namespace {

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

// --- local -----------------------------------------------------------------------------------------------------------

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
