// Statistics while a store is open: what they tell agrees with what was done, and they hold nobody up.
#include <fstream>
#include <stdexcept>

#include "support/mpi_test.hpp"
#include "support/shared_folder.hpp"

namespace adapm::test {
namespace {

Options telling(const SharedFolder& folder) {
  Options options = test::options();
  options.stats_every = 0.02;
  options.stats_json = folder.path("statistics");
  return options;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

double value_of(const std::string& line, const std::string& name) {
  const std::string label = "\"" + name + "\": ";
  const std::size_t at = line.find(label);
  REQUIRE(at != std::string::npos);
  return std::stod(line.substr(at + label.size()));
}

double accesses_of(const std::string& line, const std::string& kind) {
  double sum = 0;
  for (const char* where : {"local", "replica", "shared", "neighbour", "remote"})
    sum += value_of(line, kind + "." + where);
  return sum;
}

}  // namespace

TEST_CASE("what is told while a store is open is what was done") {
  const SharedFolder folder;
  const int steps = scaled(2000);
  constexpr int length = 2;
  {
    Store<std::int64_t> store(ValueLayout::uniform(30, length), telling(folder));
    Worker<std::int64_t> worker(store);
    auto random = generator(0);
    std::vector<std::int64_t> values(5 * length, 1);
    for (int step = 0; step < steps; ++step) {
      const std::vector<Key> keys = distinct_keys(random, 5, 30);
      worker.intent(keys, worker.current_clock());
      worker.wait(worker.pull(keys, values));
      worker.push(keys, values);
      worker.advance_clock();
    }
    worker.wait_all();
  }
  if (world_rank() != 0) return;
  const std::vector<std::string> lines = lines_of(folder.path("statistics"));
  const auto ranks = static_cast<std::size_t>(world_size());
  REQUIRE(lines.size() % (ranks + 1) == 0);
  const auto last = [&](std::size_t rank) { return lines[lines.size() - ranks - 1 + rank]; };
  for (std::size_t rank = 0; rank <= ranks; ++rank) {
    CAPTURE(last(rank));
    const double share = rank == ranks ? world_size() : 1;
    CHECK(value_of(last(rank), "clocks") == share * steps);
    CHECK(value_of(last(rank), "intents") == share * steps * 5);
    CHECK(accesses_of(last(rank), "pulled") == share * steps * 5);
    CHECK(accesses_of(last(rank), "pushed") == share * steps * 5);
    for (std::size_t i = rank + ranks + 1; i < lines.size(); i += ranks + 1) {
      CHECK(value_of(lines[i], "clocks") >= value_of(lines[i - ranks - 1], "clocks"));
      CHECK(value_of(lines[i], "seconds") >= value_of(lines[i - ranks - 1], "seconds"));
    }
  }
  CHECK(last(ranks).starts_with(R"({"rank": "all")"));
}

TEST_CASE("statistics keep no store that has failed from ending") {
  const SharedFolder folder;
  Store<std::int64_t> store(ValueLayout::uniform(30, 1), telling(folder));
  const auto run = [&] {
    run_workers(store, 1, [&](Worker<std::int64_t>& worker, int) {
      if (store.rank() == 0) throw std::logic_error("on purpose");
      for (;;) worker.barrier();
    });
  };
  if (store.rank() == 0) {
    CHECK_THROWS_AS(run(), std::logic_error);
  } else {
    CHECK_THROWS_AS(run(), StoreFailure);
  }
  CHECK_THROWS_AS(store.close(), StoreFailure);
}

TEST_CASE("a file for statistics that cannot be written is refused on all ranks") {
  Options options = test::options();
  options.stats_json = "/nowhere/statistics";
  CHECK_THROWS_AS(Store<float>(ValueLayout::uniform(3, 1), options), ConfigurationError);
}

}  // namespace adapm::test
