#include "trace/trace.hpp"

#include <catch2/catch.hpp>
#include <atomic>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "adapm/error.hpp"
#include "support/temporary_directory.hpp"
#include "trace/trace_files.hpp"

using namespace adapm;
using trace::Kind;
using trace::Place;
using trace::Trace;
using trace::choose_keys;

namespace {

constexpr std::uint64_t plenty = 1'000'000;

/// A worker's call that accesses keys of which all are found there.
void access(trace::WorkerTrace& worker, const std::vector<Key>& keys, Place place, Clock clock) {
  std::size_t next = worker.begin_accesses(keys, clock);
  while (next != trace::WorkerTrace::none) next = worker.note_access(keys[next], place);
}

std::vector<Kind> kinds_of(const Trace& trace) {
  std::vector<Kind> kinds;
  for (const auto& line : trace.events()) kinds.push_back(line.event.kind);
  return kinds;
}

/// The lines of a file, without their times.
std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line.starts_with("#") ? line : line.substr(line.find('\t') + 1));
  return lines;
}

}  // namespace

TEST_CASE("a buffer keeps events in their order, and counts those beyond the budget") {
  trace::EventBudget budget(2500);
  trace::EventBuffer first(budget);
  trace::EventBuffer second(budget);
  for (Key key = 0; key < 1500; ++key) first.record({0, key, 0, 0, 0, Kind::moved_in});
  for (Key key = 0; key < 1000; ++key) second.record({0, key, 0, 0, 0, Kind::moved_in});
  CHECK(first.dropped() == 0);
  CHECK(second.dropped() == 548);  // the other holds 2048
  Key next = 0;
  bool in_order = true;
  first.for_each([&](const trace::Event& event) { in_order &= event.key == next++; });
  CHECK(in_order);
  CHECK(next == 1500);
}

TEST_CASE("a buffer may be read while it is written") {
  constexpr Key events = 200'000;
  trace::EventBudget budget(events);
  trace::EventBuffer buffer(budget);
  std::jthread writer([&] {
    for (Key key = 0; key < events; ++key) buffer.record({0, key, 0, 0, 0, Kind::moved_in});
  });
  Key seen = 0;
  int out_of_order = 0;
  while (seen < events) {
    seen = 0;
    buffer.for_each([&](const trace::Event& event) { out_of_order += event.key == seen++ ? 0 : 1; });
  }
  CHECK(out_of_order == 0);
}

TEST_CASE("only chosen keys are traced, and without a trace none") {
  Trace trace(choose_keys("2,5", 10), plenty);
  for (Key key = 0; key < 10; ++key) {
    trace.progress().note(Kind::moved_in, key, 1);
    trace::ProgressTrace().note(Kind::moved_in, key, 1);
  }
  const auto events = trace.events();
  REQUIRE(events.size() == 2);
  CHECK(events[0].event.key == 2);
  CHECK(events[1].event.key == 5);
  CHECK(events[1].event.where == 1);
}

TEST_CASE("of a worker's accesses all are counted, and the first of each clock is an event") {
  Trace trace(choose_keys("0-3", 10), plenty);
  trace::WorkerTrace& worker = trace.add_worker(7);
  for (const Clock clock : {3, 3, 4}) {
    access(worker, {9, 1, 8}, clock == 4 ? Place::remote : Place::replica, clock);
    access(worker, {}, Place::local, clock);
  }
  const std::vector<Key> sample{1, 8};
  worker.note_sample(sample);
  const auto events = trace.events();
  REQUIRE(events.size() == 2);
  CHECK(events[0].thread == 7);
  CHECK(events[0].event.clock == 3);
  CHECK(events[1].event.clock == 4);
  for (int look = 0; look < 2; ++look) {  // also when the worker has gone
    const auto counts = trace.counts();
    REQUIRE(counts.size() == 4);
    CHECK(counts[1].accesses == 3);
    CHECK(counts[1].local == 2);
    CHECK(counts[1].samples == 1);
    if (look == 0) trace.remove_worker(worker);
  }
  CHECK(trace.events().size() == 2);
}

TEST_CASE("the events of all threads are told in order of time") {
  Trace trace(choose_keys("all", 4), plenty);
  trace::WorkerTrace& worker = trace.add_worker(0);
  const std::vector<Key> keys{3};
  worker.note_intent(keys, 5, 6);
  trace.progress().note_intent(Kind::intent_begun, keys, 0);
  access(worker, keys, Place::local, 5);
  trace.progress().note_intent(Kind::intent_ended, keys, 0);
  const std::vector<Kind> expected{Kind::intent_signalled, Kind::intent_begun, Kind::access, Kind::intent_ended};
  CHECK(kinds_of(trace) == expected);
  CHECK(trace.events()[1].thread == 0);
}

TEST_CASE("without events keys are counted only") {
  Trace trace(choose_keys("all", 4), 0);
  access(trace.add_worker(0), {3}, Place::local, 1);
  trace.progress().note(Kind::moved_out, 3, 1);
  CHECK(trace.events().empty());
  CHECK(trace.dropped() == 2);
  CHECK(trace.counts()[3].accesses == 1);
}

TEST_CASE("the files of a trace have a head, and a line for each event and for each key") {
  const test::TemporaryDirectory directory;
  const std::string folder = directory.path() + "/not/there/yet";
  Trace trace(choose_keys("2-4", 10), plenty);
  trace::WorkerTrace& worker = trace.add_worker(1);
  const std::vector<Key> keys{2};
  worker.note_intent(keys, 5, 6);
  worker.note_intent(keys, 7, clock_forever);
  trace.progress().note_intent(Kind::intent_begun, keys, 1);
  access(worker, keys, Place::neighbour, 5);
  trace.progress().note(Kind::replica_set_up, 2, 0);
  const auto zero = trace::SteadyClock::time_point(std::chrono::nanoseconds(100));
  trace.progress().note_round(8, trace::SteadyClock::now());
  trace::TraceFiles(folder, 1, 2).write(trace, {zero, std::chrono::nanoseconds(12)}, "2-4");

  std::vector<std::string> lines = lines_of(folder + "/trace.1.tsv");
  REQUIRE(lines.size() == 12);
  CHECK(lines[0] == "# rank 1 of 2");
  CHECK(lines[1] == "# keys 2-4: 3 of 10");
  CHECK_THAT(lines[2], Catch::Contains("12 ns"));
  CHECK(lines[3] == "# events not kept 0");
  CHECK(lines[4] == "thread\tevent\tkey\twhere\tclock\tuntil");
  CHECK(lines[5] == "1\tintent_signalled\t2\t-\t5\t6");
  CHECK(lines[6] == "1\tintent_signalled\t2\t-\t7\tforever");
  CHECK(lines[7] == "1\tintent_begun\t2\t-\t-\t-");
  CHECK(lines[8] == "1\taccess\t2\tneighbour\t5\t-");
  CHECK(lines[9] == "progress\treplica_set_up\t2\t0\t-\t-");
  CHECK_THAT(lines[10], Catch::StartsWith("progress\tround\t-\t-\t8\t"));
  CHECK(lines[11] == "# end");
  lines = lines_of(folder + "/locality.1.tsv");
  CHECK(lines == std::vector<std::string>{"accesses\tlocal\tsamples", "1\t0\t0", "# end"});
}

TEST_CASE("files that cannot be written are refused, with the option's name") {
  const test::TemporaryDirectory directory;
  std::ofstream(directory.path() + "/file") << "here";
  CHECK_THROWS_AS(trace::TraceFiles(directory.path() + "/file", 0, 1), ConfigurationError);
  CHECK_THROWS_WITH(trace::TraceFiles(directory.path() + "/file/below", 0, 1), Catch::Contains("--sys.trace.out"));
}
