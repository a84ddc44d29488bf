#include "stats/live_report.hpp"

#include <catch2/catch.hpp>

#include "adapm/error.hpp"
#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"

namespace adapm::stats {

namespace {

/// After `seconds`, at a steady pace.
Statistics busy_for(double seconds, std::uint64_t clocks_per_second) {
  Statistics statistics;
  const auto whole = static_cast<std::uint64_t>(seconds);
  statistics.seconds = seconds;
  statistics.clocks = clocks_per_second * whole;
  statistics.pulled.local = 6000 * whole;
  statistics.pulled.shared = 1000 * whole;
  statistics.pushed.replica = 2000 * whole;
  statistics.pushed.remote = 1000 * whole;
  statistics.rounds = 100 * whole;
  statistics.moves_in = 5 * whole;
  statistics.replicas_held = 700;
  statistics.bytes_sent = 1'500'000 * whole;
  statistics.wait_seconds = 0.25 * seconds;
  statistics.round_seconds = 0.25 * seconds;
  return statistics;
}

}  // namespace

TEST_CASE("a live line tells what happened since the one before") {
  const std::vector<Statistics> before{busy_for(10, 50), busy_for(10, 30)};
  const std::vector<Statistics> now{busy_for(14, 50), busy_for(14, 30)};
  const std::string line =
      "14 s: 80 clocks/s, 20 k keys/s (70.00 % local, 20.00 % replica, 10.00 % remote), rank 1 slowest: 30 clocks/s; "
      "100 rounds/s, 10 moves/s, 1.4 k replicas, 3.0 MB/s sent; 0.50 workers waiting, progress threads 25 % busy";
  CHECK(live_line(now, before) == line);
  CHECK(live_line(now, {}) == line);
  CHECK(live_line({now.data(), 1}, {before.data(), 1}) == "14 s: 50 clocks/s, 10 k keys/s");
  // Counting began anew in between.
  CHECK(live_line({before.data(), 1}, {now.data(), 1}) == "10 s: 50 clocks/s, 10 k keys/s");
}

TEST_CASE("a JSON line has every statistic") {
  const std::string line = json_line(busy_for(2, 50), 3);
  CHECK(line.starts_with(R"({"rank": 3, "seconds": 2.000000, "pulled.local": 12000, )"));
  CHECK(line.ends_with("}"));
  for (const char* name : statistic_names()) CHECK(line.find(std::string("\"").append(name).append("\": ")) != line.npos);
  CHECK(json_line({}, -1).starts_with(R"({"rank": "all", )"));
}

TEST_CASE("statistics that cannot be written are refused at once") {
  Options options;
  options.stats_json = "/nowhere/statistics";
  CHECK_THAT(test::message_of<ConfigurationError>([&] { LiveReport report(options); }),
             Catch::Matchers::Contains("/nowhere/statistics") && Catch::Matchers::Contains("--sys.stats.json"));
}

TEST_CASE("the file gets a line for each rank and one for all") {
  const test::TemporaryDirectory directory;
  Options options;
  options.stats_json = directory.path("statistics");
  LiveReport report(options);
  const std::vector<Statistics> of_ranks{busy_for(1, 5), busy_for(1, 7)};
  report.tell(of_ranks, false);
  report.tell(of_ranks, true);
  report.tell(of_ranks, false);
  const std::string once = json_line(of_ranks[0], 0) + "\n" + json_line(of_ranks[1], 1) + "\n" +
                           json_line(busy_for(1, 12), -1).substr(0, 30);
  CHECK(directory.read("statistics").starts_with(once));
  const std::string text = directory.read("statistics");
  CHECK(text.substr(0, text.size() / 2) == text.substr(text.size() / 2));
  CHECK(text.find(R"("clocks": 12,)") != std::string::npos);
}

}  // namespace adapm::stats
