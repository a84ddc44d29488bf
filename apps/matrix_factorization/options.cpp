#include "matrix_factorization/options.hpp"

#include "common/command_line.hpp"

namespace adapm::mf {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t many = std::numeric_limits<std::int64_t>::max();

apps::CommandLine describe(MfOptions& o) {
  apps::CommandLine line("matrix_factorization", "factorises a sparse matrix");
  line.group("Data and model")
      .add("train", "cells to train on: MatrixMarket coordinate, or lines 'user item rating'; required",
           o.train, "FILE")
      .add("test", "cells to measure the error on, in the same form", o.test, "FILE")
      .add("rank", "weights per row and per column", o.rank, {1, 1 << 16})
      .add("seed", "of everything random", o.seed, {0, many})
      .add("init-scale", "standard deviation of the cells of the initial model", o.init_scale, {0, infinity})
      .add("init-from", "go on from the factors in this file of --write-factors", o.init_from, "FILE");
  line.group("Training")
      .add("epochs", "passes over the training cells", o.epochs, {0, many})
      .add("threads", "workers per rank", o.threads, {1, 1024})
      .add_choice("algorithm", "block schedule, column after column, or cells in random order", o.algorithm,
                  {"dsgd", "columnwise", "plain_sgd"})
      .add("lambda", "L2 weight of each factor", o.lambda, {0, infinity})
      .add("step", "AdaGrad's step in the first epoch; with --init-from the step goes on as well", o.step,
           {1e-9, infinity})
      .add("fixed-step", "keep the step, instead of 1.05 times it while the loss falls and 0.5 when it rises",
           o.fixed_step)
      .add("batch", "cells between a pull and a push, at most; not for dsgd", o.batch, {1, 1 << 20})
      .add("max-runtime", "stop after about this many seconds of training", o.max_runtime, {0, infinity});
  line.group("Parameter management")
      .add("intent-ahead",
           "cells by which intents are signalled ahead (dsgd: the next block always); 0: no intents",
           o.intent_ahead, {0, 1 << 30});
  line.group("Output")
      .add("metrics", "write measurements to this file, one JSON object a line", o.metrics, "FILE")
      .add("write-factors", "write the trained factors to PREFIX.bin", o.write_factors, "PREFIX")
      .add("write-every", "also write PREFIX.epoch-E.bin every N epochs; 0: never", o.write_every, {0, many})
      .add("write-text", "also write PREFIX.rows.txt and PREFIX.columns.txt", o.write_text)
      .add("write-without-state",
           "leave AdaGrad's state out: half the size, but training starts afresh from it",
           o.write_without_state);
  line.add_store_options(o.store);
  return line;
}

void check(const MfOptions& o) {
  if (o.train.empty()) throw apps::CommandLineError("--train FILE is required; --help lists all options");
  if (o.write_factors.empty() && (o.write_text || o.write_every > 0 || o.write_without_state)) {
    throw apps::CommandLineError(
        "--write-text, --write-every and --write-without-state need --write-factors PREFIX");
  }
}

}  // namespace

bool parse(MfOptions& options, int argc, const char* const* argv) {
  if (!describe(options).parse(argc, argv)) return false;
  check(options);
  return true;
}

}  // namespace adapm::mf
