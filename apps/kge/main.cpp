// kge: trains ComplEx and RESCAL embeddings of a knowledge graph. README.md in apps/ tells how to use it.
#include "adapm/adapm.hpp"
#include "common/program.hpp"
#include "common/run_checkpoint.hpp"
#include "kge/dataset.hpp"
#include "kge/embeddings_file.hpp"
#include "kge/options.hpp"
#include "kge/report.hpp"
#include "kge/trainer.hpp"

namespace {

using namespace adapm;

/// The model of --init-from; checks that it fits the data.
kge::Embeddings load_trained(const kge::KgeOptions& options, const kge::Shape& shape) {
  kge::Embeddings trained = kge::read_embeddings(options.init_from);
  if (trained.shape == shape) return trained;
  const auto describe = [](const kge::Shape& s) {
    return kge::name(s.kind) + " of dim " + std::to_string(s.dim) + " for " + std::to_string(s.num_entities) +
           " entities and " + std::to_string(s.num_relations) + " relations";
  };
  throw apps::InputError(options.init_from + " holds " + describe(trained.shape) +
                         ", but the options and the data call for " + describe(shape));
}

int run(const kge::KgeOptions& options) {
  // All ranks read everything before the store opens: what is wrong with the input, every rank finds by
  // itself.
  const kge::Dataset data = kge::load_dataset(options.dataset);
  kge::check_evaluation(options, data);
  apps::prepare_checkpoint_folder(options);
  const kge::Shape shape{options.kind(), static_cast<std::size_t>(options.dim), data.num_entities,
                         data.num_relations};
  kge::Embeddings trained;
  if (!options.init_from.empty()) trained = load_trained(options, shape);

  Store<float> store(shape.layout(), options.store);
  kge::Report report(options, store.rank() == 0);
  report.start(data, shape, store.num_ranks());
  const int exit_code =
      kge::Trainer(options, data, shape, options.init_from.empty() ? nullptr : &trained, store, report).run();
  store.close();
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_program("kge", [&] {
    kge::KgeOptions options;
    return kge::parse(options, argc, argv) ? run(options) : 0;
  });
}
