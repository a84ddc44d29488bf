#include "matrix_factorization/options.hpp"

#include "common/command_line.hpp"

namespace adapm::mf {

namespace {

apps::CommandLine describe(MfOptions& o) {
  apps::CommandLine line("matrix_factorization", "factorises a sparse matrix");
  line.group("Data and model")
      .add("train", "cells to train on: MatrixMarket coordinate, or lines 'user item rating'; required",
           o.train, "FILE")
      .add("test", "cells to measure the error on, in the same form", o.test, "FILE")
      .add("rank", "weights per row and per column", o.rank, {1, 1 << 16})
      .add("init-scale", "standard deviation of the cells of the initial model", o.init_scale, {0})
      .add("init-from", "go on from the factors in this file of --write-factors", o.init_from, "FILE");
  apps::add_training_options(line, o, "training cells")
      .add_choice("algorithm", "block schedule, column after column, or cells in random order", o.algorithm,
                  {"dsgd", "columnwise", "plain_sgd"})
      .add("lambda", "L2 weight of each factor", o.lambda, {0})
      .add("step", "AdaGrad's step in the first epoch; with --init-from the step goes on as well", o.step,
           {1e-9})
      .add("fixed-step", "keep the step, instead of 1.05 times it while the loss falls and 0.5 when it rises",
           o.fixed_step)
      .add("batch", "cells between a pull and a push, at most; not for dsgd", o.batch, {1, 1 << 20});
  apps::add_management_options(line, o, "cells (dsgd: always the next block)", 1 << 30);
  apps::add_checkpoint_options(line, o);
  apps::add_output_options(line, o, "PREFIX.epoch-E.bin")
      .add("write-factors", "write the trained factors to PREFIX.bin", o.output, "PREFIX")
      .add("write-text", "also write PREFIX.rows.txt and PREFIX.columns.txt", o.write_text)
      .add("write-without-state",
           "leave AdaGrad's state out: half the size, but training starts afresh from it",
           o.write_without_state);
  line.add_store_options(o.store);
  return line;
}

void check(const MfOptions& o) {
  apps::check_checkpoint_options(o);
  if (o.train.empty()) throw apps::CommandLineError("--train FILE is required; --help lists all options");
  if (o.output.empty() && (o.write_text || o.write_every > 0 || o.write_without_state)) {
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
