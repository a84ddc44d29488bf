#include "macro/access_options.hpp"

#include "common/command_line.hpp"

namespace adapm::bench {

bool AccessOptions::parse(int argc, char** argv) {
  apps::CommandLine line("bench_access", "what accesses to a store cost");
  line.group("Data")
      .add("keys", "keys in the store", keys, {1, std::int64_t{1} << 31})
      .add("length", "floats a key", length, {1, 1 << 20})
      .add("zipf", "exponent of the keys' distribution; 0: uniform", zipf, {0, 10})
      .add("partitioned", "share of the keys drawn from a part that the rank has to itself", partitioned, {0, 1});
  line.group("Accesses")
      .add_choice("mode", "what a call does with its keys", mode, {"pullpush", "pull", "push", "intent"})
      .add("push-share", "share of the calls of modes with push that do push", push_share, {0, 1})
      .add("batch", "keys a call", batch, {1, 1 << 20})
      .add("calls", "calls a worker", calls, {10, std::int64_t{1} << 40})
      .add("seconds", "end after this long, whatever calls are left; 0: when all are made", seconds, {0, 1e6})
      .add("ahead", "calls by which intents are signalled ahead; 0: no intents", ahead, {0, 1 << 24})
      .add("threads", "workers a rank", threads, {1, 1024})
      .add("compute-us", "microseconds of computing a call", compute_us, {0, 1e9})
      .add_choice("compute", "how the worker spends them", compute, {"busy", "sleep"})
      .add("seed", "of the keys", seed, {0, std::int64_t{1} << 62});
  line.group("Output").add("json", "write the figures to this file", json, "FILE");
  line.add_store_options(store);
  return line.parse(argc, argv);
}

}  // namespace adapm::bench
