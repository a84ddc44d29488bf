// What grows with the number of ranks: many ranks in one process, the library's own managers over a network that only
// counts. Weak scaling: every rank has as many keys and makes as many accesses a round, however many ranks there are.
//
//   bench_scale --ranks 16,64,256,1024
//
// Messages, bytes and work are means per rank and round; `hottest` is the rank with most of it. Work is the time of
// the library's own code, alone on its core; what MPI takes for each message comes on top.
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/program.hpp"
#include "harness/figures_file.hpp"
#include "scale/cluster.hpp"

namespace {

using adapm::bench::ScaleFigures;
using adapm::bench::Workload;

const std::vector<std::string> patterns = {"idle", "partitioned", "zipf"};

struct ScaleOptions {
  std::string ranks = "16,64,256,1024";
  std::string access = "all";
  std::int64_t keys_per_rank = 128;
  std::int64_t length = 16;
  std::int64_t batch = 32;
  std::int64_t calls = 4;
  std::int64_t ahead = 8;
  std::int64_t rounds = 10;
  double zipf = 1;
  std::string json;
  adapm::Options store;
};

bool parse(ScaleOptions& o, int argc, char** argv) {
  adapm::apps::CommandLine line("bench_scale", "what grows with the number of ranks, on simulated ranks");
  std::vector<std::string> accesses = patterns;
  accesses.push_back("all");
  line.group("Ranks").add("ranks", "numbers of ranks", o.ranks, "N,N,...");
  line.group("Accesses")
      .add_choice("access", "to no keys, the rank's own part, all by Zipf's law; or one after the other", o.access,
                  accesses)
      .add("zipf", "exponent of that law", o.zipf, {0, 10})
      .add("keys-per-rank", "keys in the store for each rank", o.keys_per_rank, {1, 1 << 20})
      .add("length", "floats a key", o.length, {1, 1 << 16})
      .add("batch", "keys a call", o.batch, {1, 1 << 16})
      .add("calls", "calls of each rank's worker a round", o.calls, {1, 1 << 16})
      .add("ahead", "calls by which intents are signalled ahead", o.ahead, {1, 1 << 16})
      .add("rounds", "rounds that are measured, after as many that are not", o.rounds, {1, 1 << 16});
  line.group("Output").add("json", "write the figures to this file, a line each", o.json, "FILE");
  o.store.sync_max_per_sec = 0;
  line.add_store_options(o.store);
  return line.parse(argc, argv);
}

std::vector<int> numbers(const std::string& text) {
  std::vector<int> all;
  std::istringstream items(text);
  for (std::string item; std::getline(items, item, ',');) {
    const bool digits = !item.empty() && item.size() < 6 && item.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::stoi(item) < 2)
      throw adapm::apps::CommandLineError("--ranks takes numbers above 1 separated by commas, not '" + text + "'");
    all.push_back(std::stoi(item));
  }
  return all;
}

Workload workload(const ScaleOptions& options, const std::string& access, int ranks) {
  Workload workload;
  workload.keys.num_keys = static_cast<std::uint64_t>(options.keys_per_rank * ranks);
  workload.keys.zipf = access == "zipf" ? options.zipf : 0;
  workload.keys.partitioned = access == "partitioned" ? 1 : 0;
  workload.length = static_cast<std::size_t>(options.length);
  workload.batch = static_cast<std::size_t>(options.batch);
  workload.calls_a_round = access == "idle" ? 0 : options.calls;
  workload.ahead = options.ahead;
  return workload;
}

void print_head() {
  std::printf("%17s | %-29s | %-28s | %-16s | %-17s | %-15s | %s\n", "", "messages", "bytes", "updates merged",
              "work, us", "memory, KB", "at");
  std::printf("%-11s %5s | %8s %11s %8s | %8s %8s %10s | %6s %9s | %7s %9s | %7s %7s | %s\n", "access", "ranks", "all",
              "not empty", "hottest", "all", "votes", "hottest", "mean", "hottest", "mean", "hottest", "store", "heap",
              "hand");
}

void print(const std::string& access, const ScaleFigures& f) {
  const auto& traffic = f.traffic;
  std::printf(
      "%-11s %5d | %8.1f %11.1f %8.1f | %8.0f %8.0f %10.0f | %6.1f %9.1f | %7.1f %9.1f | %7.0f %7.0f | %.2f %%\n",
      access.c_str(), f.ranks, traffic.messages(), traffic.not_empty(), f.hottest_messages, traffic.bytes(),
      traffic.vote_bytes, f.hottest_bytes, f.merged, f.hottest_merged, f.work_us, f.hottest_work_us,
      f.store_bytes / 1e3, f.heap_bytes / 1e3, 100 * f.at_hand);
  std::fflush(stdout);
}

adapm::apps::JsonObject to_json(const std::string& access, const ScaleFigures& f) {
  adapm::apps::JsonObject json;
  json.add("access", std::string_view(access))
      .add("ranks", static_cast<std::uint64_t>(f.ranks))
      .add("exchange_messages", f.traffic.exchange_messages)
      .add("with_content", f.traffic.with_content)
      .add("access_messages", f.traffic.access_messages)
      .add("vote_bytes", f.traffic.vote_bytes)
      .add("content_bytes", f.traffic.content_bytes)
      .add("access_bytes", f.traffic.access_bytes)
      .add("hottest_messages", f.hottest_messages)
      .add("hottest_bytes", f.hottest_bytes)
      .add("work_us", f.work_us)
      .add("hottest_work_us", f.hottest_work_us)
      .add("updates_merged", f.merged)
      .add("hottest_updates_merged", f.hottest_merged)
      .add("moves", f.moves)
      .add("replicas_set_up", f.replicas)
      .add("updates_sent", f.updates)
      .add("refreshes_sent", f.refreshes)
      .add("at_hand", f.at_hand)
      .add("store_bytes", f.store_bytes)
      .add("heap_bytes", f.heap_bytes);
  return json;
}

int run(const ScaleOptions& options) {
  const std::vector<int> ranks = numbers(options.ranks);
  adapm::apps::MetricsFile json = adapm::bench::figures_file(options.json);
  print_head();
  for (const std::string& access : patterns) {
    if (options.access != "all" && options.access != access) continue;
    for (const int count : ranks) {
      adapm::bench::Cluster cluster(count, workload(options, access, count), options.store);
      const ScaleFigures figures = cluster.measure(options.rounds);
      print(access, figures);
      json.write(to_json(access, figures));
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return adapm::apps::run_program("bench_scale", [&] {
    ScaleOptions options;
    return parse(options, argc, argv) ? run(options) : 0;
  });
}
