#include "kge/options.hpp"

#include "common/command_line.hpp"

namespace adapm::kge {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t many = std::numeric_limits<std::int64_t>::max();

apps::CommandLine describe(KgeOptions& o) {
  apps::CommandLine line("kge", "trains knowledge graph embeddings");
  line.group("Data and model")
      .add("dataset", "directory with train.del, train2id.txt or train.txt; required", o.dataset, "DIR")
      .add_choice("model", "score function", o.model, {"complex", "rescal"})
      .add("dim", "weights per entity; even for complex", o.dim, {1, 1 << 16})
      .add("seed", "of everything random", o.seed, {0, many})
      .add("init-scale", "standard deviation of the initial weights", o.init_scale, {0, infinity})
      .add("init-from", "start from the embeddings in this file of --write-embeddings", o.init_from, "FILE");
  line.group("Training")
      .add("epochs", "passes over the training triples", o.epochs, {0, many})
      .add("threads", "workers per rank", o.threads, {1, 1024})
      .add("negatives", "corrupted subjects, and as many corrupted objects, per triple", o.negatives,
           {0, 1 << 20})
      .add("learning-rate", "AdaGrad's step", o.learning_rate, {0, infinity})
      .add("initial-sum", "AdaGrad's sums of squared gradients at the start", o.initial_sum,
           {1e-30, infinity})
      .add("reg-entity", "L2 weight of entities, on true triples", o.reg_entity, {0, infinity})
      .add("reg-relation", "L2 weight of relations, on true triples", o.reg_relation, {0, infinity})
      .add("dropout-entity", "share of entities' weights left out, per point", o.dropout_entity, {0, 0.99})
      .add("dropout-relation", "share of relations' weights left out, per point", o.dropout_relation,
           {0, 0.99})
      .add("max-runtime", "stop after about this many seconds of training", o.max_runtime, {0, infinity});
  line.group("Parameter management")
      .add("intent-ahead", "training points by which intents are signalled ahead; 0: no intents",
           o.intent_ahead, {0, 1 << 26})
      .add("full-replication", "keep a replica of every key on every rank, whatever is used",
           o.full_replication);
  line.group("Evaluation")
      .add("eval-every", "evaluate every N epochs; 0: only after the last", o.eval_every, {0, many})
      .add("eval-max", "evaluate on the first N triples of a split only; 0: on all", o.eval_max, {0, many})
      .add_choice("eval-split", "what to evaluate on", o.eval_split, {"valid", "test", "both"})
      .add("eval-initial", "evaluate the untrained model as well", o.eval_initial)
      .add("no-final-eval", "do not evaluate after the last epoch", o.no_final_eval);
  line.group("Output")
      .add("metrics", "write measurements to this file, one JSON object a line", o.metrics, "FILE")
      .add("write-embeddings", "write the trained model to PREFIX.bin", o.write_embeddings, "PREFIX")
      .add("write-every", "also write PREFIX.epoch-E.bin every N epochs; 0: never", o.write_every, {0, many})
      .add("write-text", "also write PREFIX.entities.txt and PREFIX.relations.txt", o.write_text)
      .add("write-without-state",
           "leave AdaGrad's state out: half the size, but training cannot go on from it",
           o.write_without_state);
  line.add_store_options(o.store);
  return line;
}

void check(const KgeOptions& o) {
  if (o.dataset.empty()) throw apps::CommandLineError("--dataset DIR is required; --help lists all options");
  if (o.kind() == ModelKind::complex && o.dim % 2 != 0) {
    throw apps::CommandLineError("--dim must be even for --model complex, not " + std::to_string(o.dim) +
                                 ": half are real, half imaginary");
  }
  if (o.kind() == ModelKind::rescal && o.dim > 4096) {
    throw apps::CommandLineError("--dim must be at most 4096 for --model rescal, not " +
                                 std::to_string(o.dim) + ": a relation has dim * dim weights");
  }
  if (o.write_embeddings.empty() && (o.write_text || o.write_every > 0 || o.write_without_state)) {
    throw apps::CommandLineError(
        "--write-text, --write-every and --write-without-state need --write-embeddings PREFIX");
  }
}

}  // namespace

bool parse(KgeOptions& options, int argc, const char* const* argv) {
  if (!describe(options).parse(argc, argv)) return false;
  check(options);
  options.store.sampling_seed += static_cast<std::uint64_t>(options.seed);
  return true;
}

}  // namespace adapm::kge
