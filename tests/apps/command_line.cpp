#include "common/command_line.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "support/error_message.hpp"

namespace adapm::apps {

namespace {

struct Targets {
  std::int64_t count = 4;
  double rate = 0.5;
  std::string name;
  std::string kind = "a";
  bool flag = false;
  Options store;
};

bool parse(Targets& targets, std::vector<const char*> arguments) {
  CommandLine line("program", "a program");
  line.group("Group")
      .add("count,c", "a count", targets.count, {1, 10})
      .add("rate", "a rate", targets.rate, {0, std::numeric_limits<double>::infinity()})
      .add("name", "a name", targets.name, "NAME")
      .add_choice("kind", "a kind", targets.kind, {"a", "b"})
      .add("flag", "a flag", targets.flag)
      .add_store_options(targets.store);
  arguments.insert(arguments.begin(), "program");
  return line.parse(static_cast<int>(arguments.size()), arguments.data());
}

std::string error_of(const std::vector<const char*>& arguments) {
  Targets targets;
  return test::message_of<CommandLineError>([&] { (void)parse(targets, arguments); });
}

}  // namespace

TEST_CASE("options set their targets and leave the others alone") {
  Targets targets;
  CHECK(parse(targets, {"--count", "7", "--rate=1e-3", "--kind", "b", "--flag"}));
  CHECK(targets.count == 7);
  CHECK(targets.rate == 1e-3);
  CHECK(targets.name.empty());
  CHECK(targets.kind == "b");
  CHECK(targets.flag);
}

TEST_CASE("the store's options are on every program's command line") {
  Targets targets;
  CHECK(parse(targets, {"--sys.sync.max_per_sec", "12", "--sys.techniques=replication_only"}));
  CHECK(targets.store.sync_max_per_sec == 12);
  CHECK(targets.store.techniques == Techniques::replication_only);
  CHECK(parse(targets, {"--sys.sync.threshold", "-1"}));
  CHECK(targets.store.sync_threshold == -1);
}

TEST_CASE("an unknown option is named and the nearest one suggested") {
  CHECK_THAT(error_of({"--cuont", "3"}),
             Catch::Contains("--cuont") && Catch::Contains("did you mean --count?"));
  CHECK_THAT(error_of({"--sys.tecniques", "all"}), Catch::Contains("did you mean --sys.techniques?"));
  CHECK_THAT(error_of({"--something-else"}),
             Catch::Contains("--something-else") && !Catch::Contains("did you mean"));
  CHECK_THAT(error_of({"--cou", "3"}), Catch::Contains("unknown option --cou"));
}

TEST_CASE("a value that does not fit is named with its option and what the option takes") {
  CHECK(error_of({"--count", "three"}) ==
        "--count takes a whole number of at least 1 and at most 10, not 'three'");
  CHECK_THAT(error_of({"--count", "0"}), Catch::Contains("at least 1"));
  CHECK_THAT(error_of({"--count", "-1"}), Catch::Contains("not '-1'"));
  CHECK_THAT(error_of({"--count", "3.5"}), Catch::Contains("not '3.5'"));
  CHECK_THAT(error_of({"--count", "99999999999999999999"}), Catch::Contains("--count takes"));
  CHECK_THAT(error_of({"--rate", "nan"}), Catch::Contains("--rate takes a number"));
  CHECK_THAT(error_of({"--kind", "c"}), Catch::Contains("--kind takes a|b, not 'c'"));
  CHECK_THAT(error_of({"--sys.sync.max_per_sec", "often"}), Catch::Contains("sys.sync.max_per_sec"));
  CHECK_THAT(error_of({"--count"}), Catch::Contains("--count"));
  CHECK_THAT(error_of({"word"}), Catch::Contains("'word'"));
}

TEST_CASE("the help text has every option in its group, with its default") {
  Targets targets;
  CommandLine line("program", "a program");
  line.group("Group").add("count,c", "a count", targets.count, {1, 10}).add_store_options(targets.store);
  const std::string help = line.help();
  CHECK_THAT(help, Catch::StartsWith("program: a program"));
  CHECK_THAT(help, Catch::Contains("-c [ --count ] N") && Catch::Contains("a count (4)"));
  for (const OptionDescription& option : option_descriptions()) {
    CHECK_THAT(help, Catch::Contains("--" + std::string(option.name)));
  }
}

}  // namespace adapm::apps
