#include "macro/access_figures.hpp"

#include <cstdio>

namespace adapm::bench {

namespace {

std::string row(const char* name, double value, const char* unit) {
  char text[120];
  std::snprintf(text, sizeof text, "  %-28s %14.6g %s\n", name, value, unit);
  return text;
}

double workers(const AccessOptions& options, const AccessFigures& figures) {
  return figures.ranks * static_cast<double>(options.threads);
}

double keys_per_second(const AccessOptions& options, const AccessFigures& figures) {
  return figures.calls * static_cast<double>(options.batch) / figures.seconds;
}

/// Memory beside the values themselves.
double extra_bytes_a_key(const AccessOptions& options, const AccessFigures& figures) {
  return static_cast<double>(figures.counted.memory_bytes) / static_cast<double>(options.keys) -
         static_cast<double>(options.length) * sizeof(float);
}

/// Of the workers' time, in pull, push and wait.
double access_share(const AccessOptions& options, const AccessFigures& figures) {
  return figures.access_seconds / (figures.seconds * workers(options, figures));
}

std::string technique(const Options& store) {
  for (const OptionDescription& option : option_descriptions())
    if (option.name == "sys.techniques") return option.get(store);
  return "";
}

}  // namespace

AccessCounts AccessFigures::accesses() const {
  AccessCounts both = counted.pulled;
  return both += counted.pushed;
}

std::string describe(const AccessOptions& options, const AccessFigures& figures) {
  const Statistics& s = figures.counted;
  const auto rate = [&](std::uint64_t count) { return static_cast<double>(count) / figures.seconds; };
  return row("keys", keys_per_second(options, figures), "/s, all workers") +
         row("keys", keys_per_second(options, figures) / workers(options, figures), "/s, a worker") +
         row("a call, median", figures.median_us, "us") + row("a call, 99 %", figures.us_99, "us") +
         row("at hand", 100 * figures.accesses().local_share(), "% of the keys accessed") +
         row("time in accesses", 100 * access_share(options, figures), "% of the workers'") +
         row("rounds", figures.rounds() / figures.seconds, "/s") + row("sent", rate(s.bytes_sent) / 1e6, "MB/s") +
         row("moves", rate(s.moves_in), "/s") + row("replicas set up", rate(s.replicas_set_up), "/s") +
         row("shares begun", rate(s.shares_begun), "/s") + row("updates sent", rate(s.updates_sent), "/s") +
         row("refreshes sent", rate(s.refreshes_sent), "/s") +
         row("memory beside the values", extra_bytes_a_key(options, figures), "bytes a key");
}

apps::JsonObject to_json(const AccessOptions& o, const AccessFigures& figures) {
  const Statistics& s = figures.counted;
  const double all = static_cast<double>(figures.accesses().total());
  apps::JsonObject json;
  json.add("ranks", static_cast<std::uint64_t>(figures.ranks))
      .add("threads", static_cast<std::uint64_t>(o.threads))
      .add("keys", static_cast<std::uint64_t>(o.keys))
      .add("length", static_cast<std::uint64_t>(o.length))
      .add("zipf", o.zipf)
      .add("partitioned", o.partitioned)
      .add("mode", o.mode)
      .add("push_share", o.push_share)
      .add("batch", static_cast<std::uint64_t>(o.batch))
      .add("ahead", static_cast<std::uint64_t>(o.ahead))
      .add("compute_us", o.compute_us)
      .add("techniques", technique(o.store))
      .add("one_host_per_rank", std::uint64_t{o.store.one_host_per_rank})
      .add("seconds", figures.seconds)
      .add("calls", figures.calls)
      .add("keys_per_s", keys_per_second(o, figures))
      .add("call_us_median", figures.median_us)
      .add("call_us_99", figures.us_99)
      .add("local_share", figures.accesses().local_share())
      .add("remote_share", all > 0 ? static_cast<double>(figures.accesses().remote) / all : 0)
      .add("access_share", access_share(o, figures))
      .add("rounds_per_s", figures.rounds() / figures.seconds)
      .add("round_seconds", s.round_seconds / figures.ranks)
      .add("bytes_sent", s.bytes_sent)
      .add("moves", s.moves_in)
      .add("replicas_set_up", s.replicas_set_up)
      .add("shares_begun", s.shares_begun)
      .add("updates_sent", s.updates_sent)
      .add("refreshes_sent", s.refreshes_sent)
      .add("extra_bytes_a_key", extra_bytes_a_key(o, figures));
  return json;
}

}  // namespace adapm::bench
