#include "kge/options.hpp"

#include "common/command_line.hpp"

namespace adapm::kge {

namespace {

apps::CommandLine describe(KgeOptions& o) {
  apps::CommandLine line("kge", "trains knowledge graph embeddings");
  line.group("Data and model")
      .add("dataset", "directory with train.del, train2id.txt or train.txt; required", o.dataset, "DIR")
      .add_choice("model", "score function", o.model, {"complex", "rescal"})
      .add("dim", "weights per entity; even for complex", o.dim, {1, 1 << 16})
      .add("init-scale", "standard deviation of the initial weights", o.init_scale, {0})
      .add("init-from", "start from the embeddings in this file of --write-embeddings", o.init_from, "FILE");
  apps::add_training_options(line, o, "training triples")
      .add("negatives", "corrupted subjects, and as many corrupted objects, per triple", o.negatives,
           {0, 1 << 20})
      .add("learning-rate", "AdaGrad's step", o.learning_rate, {0})
      .add("initial-sum", "AdaGrad's sums of squared gradients at the start", o.initial_sum, {1e-30})
      .add("reg-entity", "L2 weight of entities, on true triples", o.reg_entity, {0})
      .add("reg-relation", "L2 weight of relations, on true triples", o.reg_relation, {0})
      .add("dropout-entity", "share of entities' weights left out, per point", o.dropout_entity, {0, 0.99})
      .add("dropout-relation", "share of relations' weights left out, per point", o.dropout_relation,
           {0, 0.99});
  apps::add_management_options(line, o, "training points", 1 << 26);
  apps::add_checkpoint_options(line, o);
  line.group("Evaluation")
      .add("eval-every", "evaluate every N epochs; 0: only after the last", o.eval_every, {0})
      .add("eval-max", "evaluate on the first N triples of a split only; 0: on all", o.eval_max, {0})
      .add_choice("eval-split", "what to evaluate on", o.eval_split, {"valid", "test", "both"})
      .add("eval-initial", "evaluate the untrained model as well", o.eval_initial)
      .add("no-final-eval", "do not evaluate after the last epoch", o.no_final_eval);
  apps::add_output_options(line, o, "PREFIX.epoch-E.bin")
      .add("write-embeddings", "write the trained model to PREFIX.bin", o.output, "PREFIX")
      .add("write-text", "also write PREFIX.entities.txt and PREFIX.relations.txt", o.write_text)
      .add("write-without-state",
           "leave AdaGrad's state out: half the size, but training cannot go on from it",
           o.write_without_state);
  line.add_store_options(o.store);
  return line;
}

void check(const KgeOptions& o) {
  apps::check_checkpoint_options(o);
  if (o.dataset.empty()) throw apps::CommandLineError("--dataset DIR is required; --help lists all options");
  if (o.kind() == ModelKind::complex && o.dim % 2 != 0) {
    throw apps::CommandLineError("--dim must be even for --model complex, not " + std::to_string(o.dim) +
                                 ": half are real, half imaginary");
  }
  if (o.kind() == ModelKind::rescal && o.dim > 4096) {
    throw apps::CommandLineError("--dim must be at most 4096 for --model rescal, not " +
                                 std::to_string(o.dim) + ": a relation has dim * dim weights");
  }
  if (o.output.empty() && (o.write_text || o.write_every > 0 || o.write_without_state)) {
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
