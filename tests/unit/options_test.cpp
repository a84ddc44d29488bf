#include "adapm/options.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>
#include <string>

#include "adapm/error.hpp"

using namespace adapm;

TEST_CASE("every option reads back what it writes") {
  const Options defaults;
  for (const OptionDescription& option : option_descriptions()) {
    INFO(option.name);
    Options options;
    option.set(options, option.get(defaults));
    CHECK(option.get(options) == option.get(defaults));
    CHECK_FALSE(option.help.empty());
  }
}

TEST_CASE("options are set by name") {
  Options options;
  set_option(options, "sys.techniques", "relocation_only");
  CHECK(options.techniques == Techniques::relocation_only);
  set_option(options, "sys.sync.threshold", "inf");
  CHECK(options.sync_threshold == std::numeric_limits<double>::infinity());
  set_option(options, "sys.sync.threshold", "-1");
  CHECK(options.sync_threshold == -1);
  set_option(options, "sys.sampling.scheme", "pool");
  CHECK(options.sampling_scheme == SamplingScheme::pool);
  set_option(options, "sys.sampling.pool_size", "17");
  CHECK(options.sampling_pool_size == 17);
  set_option(options, "sys.location_hints", "off");
  CHECK_FALSE(options.location_hints);
}

TEST_CASE("a value that an option does not take is refused, with its name and what it takes") {
  Options options;
  for (const auto& [name, value] : {std::pair{"sys.techniques", "some"}, std::pair{"sys.sync.max_per_sec", "-3"},
                                    std::pair{"sys.sync.max_per_sec", "12x"}, std::pair{"sys.one_sided", "2"},
                                    std::pair{"sys.timing.buffer_quantile", "1"},
                                    std::pair{"sys.sampling.scheme", "postponed"},
                                    std::pair{"sys.sampling.reuse", "0"}, std::pair{"sys.sampling.reuse", "2.5"},
                                    std::pair{"sys.sampling.seed", "-1"},
                                    std::pair{"sys.sampling.true_share", "1.01"}}) {
    INFO(name << " " << value);
    CHECK_THROWS_AS(set_option(options, name, value), ConfigurationError);
    CHECK_THROWS_WITH(set_option(options, name, value), Catch::Contains(name) && Catch::Contains(value));
  }
  CHECK_THROWS_AS(set_option(options, "sys.nothing", "1"), ConfigurationError);
}

TEST_CASE("the environment overrides the defaults, and a bad value names the variable") {
  setenv("ADAPM_SYNC_MAX_PER_SEC", "250", 1);
  CHECK(options_from_environment().sync_max_per_sec == 250);
  setenv("ADAPM_SYNC_MAX_PER_SEC", "often", 1);
  CHECK_THROWS_WITH(options_from_environment(), Catch::Contains("ADAPM_SYNC_MAX_PER_SEC"));
  unsetenv("ADAPM_SYNC_MAX_PER_SEC");
}
